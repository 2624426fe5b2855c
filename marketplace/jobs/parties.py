"""What the days make of sellers' verification."""

from marketplace.flow import verify_sellers
from marketplace.jobs.registry import JobContext, job


@job("parties.watch_verifications", cron="3 16 * * *")
def watch_verifications(context: JobContext) -> None:
    """Warn sellers whose half year ends soon, and tell those whose it is; just past midnight in Shanghai."""
    context.write(verify_sellers.watch)
