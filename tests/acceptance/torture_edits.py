"""What a colleague does to a sheet just as Loket writes to it, as one request of batchUpdate each."""

import random
from collections.abc import Mapping
from typing import Any

from tests.acceptance.officers_bot import OfficersBot


def rearrangements(
    bot: OfficersBot, rng: random.Random, service: str, columns: Mapping[str, int], last: int
) -> dict[str, dict[str, Any]]:
    """A row inserted or moved, rows sorted, a column moved; `last` is the last row that is used."""
    a, b = sorted(rng.sample(range(1, last + 1), 2))
    sheet_id = bot._sheet_id(service)
    return {
        "insert": {
            "insertDimension": {
                "range": bot.span(service, "ROWS", a, a + 1),
                "inheritFromBefore": False,
            }
        },
        "move": {
            "moveDimension": {
                "source": bot.span(service, "ROWS", a, a + 1),
                "destinationIndex": b + 1,
            }
        },
        "sort": {
            "sortRange": {
                "range": bot.row_range(service, 1, last + 1),
                "sortSpecs": [
                    {
                        "dimensionIndex": rng.choice(sorted(columns.values())),
                        "sortOrder": rng.choice(("ASCENDING", "DESCENDING")),
                    }
                ],
            }
        },
        "column": {
            "moveDimension": {
                "source": {
                    "sheetId": sheet_id,
                    "dimension": "COLUMNS",
                    "startIndex": max(columns.values()),
                    "endIndex": max(columns.values()) + 1,
                },
                "destinationIndex": rng.randint(0, max(columns.values())),
            }
        },
    }
