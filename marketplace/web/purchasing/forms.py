"""What a purchasing unit's forms send."""

from typing import Annotated

from pydantic import Field

from marketplace.web.forms import FormModel


class AgainForm(FormModel):
    key: Annotated[str, Field(min_length=8, max_length=100)]
