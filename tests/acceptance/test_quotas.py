"""More applications in a day than the mail quota has room for: the real worker, and the days after, in seconds."""

from pathlib import Path

import pytest

from tests.acceptance.quota_days import flood


@pytest.mark.timeout(600)
def test_everybody_is_served_in_order_over_the_following_days(tmp_path: Path) -> None:
    """No call and no mail is refused by a quota, the rows and the tab Loket say what they wait for, nobody is
    overtaken and nobody gets a second letter."""
    outcome = flood(tmp_path, responses=48, per_day=20, patience_s=240)
    assert outcome.kept, str(outcome)
    assert outcome.said_so == 28
    assert outcome.days > 1
    assert "kuota habis" in outcome.warned
