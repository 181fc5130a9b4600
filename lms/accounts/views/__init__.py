"""The pages of somebody's own account; one file for each thing that is done there.

sign_in        the front page, signing in and out, and the form instead of a closed page
held           a form that came after its session had ended: kept, shown, thrown away
password       choosing and changing the password, the spare code
this_computer  who uses this computer
about          what every reader may know: privacy, accessibility, whom to tell
addresses      below which addresses all this lies
too_early      what somebody is told who tries too often
"""

from __future__ import annotations

from lms.accounts.views import about, held, password, sign_in, this_computer
from lms.accounts.views.addresses import bp

__all__ = ["about", "bp", "held", "password", "sign_in", "this_computer"]
