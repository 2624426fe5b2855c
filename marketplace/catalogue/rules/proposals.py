"""What may become of a description of goods, and of a story."""

import hashlib
import json
from collections.abc import Mapping

from marketplace.catalogue.rules.contents import to_plain
from marketplace.catalogue.types import (
    GoodsContent,
    Proposal,
    ProposalId,
    ProposalState,
    StoryContent,
    StoryState,
)
from marketplace.kernel.message import msg
from marketplace.places.types import DivisionCode

NO_COUNTY = msg("产地请选贵州的一个县。")
NOT_FOR_CONSUMERS_FORM = "tcm_only"
"""中药材原料: described it may be, sold to consumers never."""

PROPOSAL_TRANSITIONS: Mapping[ProposalState, frozenset[ProposalState]] = {
    ProposalState.DRAFT: frozenset(
        {ProposalState.SUBMITTED, ProposalState.WITHDRAWN, ProposalState.REPLACED}
    ),
    # Taken back to go on writing, given back with a note, or approved: new goods wait for their offers,
    # a change of live goods is live at once.
    ProposalState.SUBMITTED: frozenset(
        {ProposalState.DRAFT, ProposalState.RETURNED, ProposalState.APPROVED, ProposalState.LISTED}
    ),
    ProposalState.RETURNED: frozenset(
        {ProposalState.SUBMITTED, ProposalState.WITHDRAWN, ProposalState.REPLACED}
    ),
    ProposalState.APPROVED: frozenset({ProposalState.LISTED, ProposalState.WITHDRAWN}),
    ProposalState.LISTED: frozenset({ProposalState.REPLACED, ProposalState.WITHDRAWN}),
    ProposalState.REPLACED: frozenset(),
    ProposalState.WITHDRAWN: frozenset({ProposalState.LISTED, ProposalState.REPLACED}),
}

OPEN_PROPOSALS = frozenset(
    {ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.RETURNED, ProposalState.APPROVED}
)
"""What is on its way to the shelf."""

WRITABLE = frozenset({ProposalState.DRAFT, ProposalState.RETURNED})
"""Only these may be changed by their cooperative: what is looked at stands still."""

STORY_TRANSITIONS: Mapping[StoryState, frozenset[StoryState]] = {
    StoryState.DRAFT: frozenset({StoryState.SUBMITTED}),
    StoryState.SUBMITTED: frozenset({StoryState.DRAFT, StoryState.RETURNED, StoryState.LIVE}),
    StoryState.RETURNED: frozenset({StoryState.DRAFT, StoryState.SUBMITTED}),
    StoryState.LIVE: frozenset({StoryState.DRAFT}),
}


def revision(proposal: Proposal) -> str:
    """Digest what a description says: a reviewer's word holds for this and nothing else."""
    return _digest(proposal.content)


def goods_number(proposal_id: ProposalId) -> str:
    """Return the number that goods bear from their first description on, as a product too."""
    return f"C{proposal_id:06}"


def story_revision(content: StoryContent) -> str:
    return _digest(content)


def county_of(content: GoodsContent) -> DivisionCode:
    return DivisionCode(content.county_code)


def _digest(content: GoodsContent | StoryContent) -> str:
    said = json.dumps(to_plain(content), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:32]
