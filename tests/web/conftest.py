"""The application in which five people have everything, for what the URL map generates."""

from tests.web.test_matrix import house as house
