"""The form of a comment on a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from lms.authoring.writing.rules import LONGEST_COMMENT
from lms.web.forms import PageForm, RowIdField, seen_whole, trimmed
from lms.web.language import gettext
from lms.web.language import lazy_gettext as _l


class CommentForm(PageForm):
    """A remark on one block of a text, or on the whole of it."""

    row = RowIdField()
    block = SelectField(_l("About which part?"), default="")
    comment = TextAreaField(
        _l("Your comment"),
        filters=[trimmed],
        validators=[
            DataRequired(_l("Write something here.")),
            Length(max=LONGEST_COMMENT),
            seen_whole,
        ],
    )

    def __init__(self, *args: Any, blocks: Mapping[str, str], **settings: Any) -> None:
        """Offer the blocks of this text: ``blocks`` are their names by their ids."""
        super().__init__(*args, **settings)
        self.block.choices = [SelectChoice("", gettext("The whole text"))]
        self.block.choices += [SelectChoice(*each) for each in blocks.items()]
