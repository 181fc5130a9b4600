// Joined before every other file (SCRIPTS in lms/web/pages.py): how the elements of a page are found.
"use strict";
const one = (what, inside = document) => inside.querySelector(what);
const all = (what, inside = document) => [...inside.querySelectorAll(what)];
