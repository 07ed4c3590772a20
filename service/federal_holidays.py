"""Federal holidays, by year: days on which no payer's business-day clock runs."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=64)
def federal_holidays(first_year: int, last_year: int) -> frozenset[date]:
    """Return the federal holidays, as observed, of the years from the first to the last."""
    # Imported when first needed: it costs a tenth of a second that a start of the service can spare.
    from holidays import country_holidays

    return frozenset(country_holidays("US", years=range(first_year, last_year + 1)))
