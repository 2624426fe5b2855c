"""The catalogue's own work: certificates whose last day is over."""

from marketplace.catalogue import service
from marketplace.jobs.registry import JobContext, job


@job("catalogue.lapse_certificates", cron="1 16 * * *")
def lapse_certificates(context: JobContext) -> None:
    """Mark what expired at midnight in Shanghai and pause the offers that needed it."""
    context.write(service.lapse_certificates)
