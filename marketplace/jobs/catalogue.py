"""The catalogue's own work: certificates whose last day is over, and holders told before it comes."""

from marketplace.flow import watch_certificates
from marketplace.jobs.registry import JobContext, job
from marketplace.kernel import time


@job("catalogue.lapse_certificates", cron="1 16 * * *")
def lapse_certificates(context: JobContext) -> None:
    """Mark what expired at midnight in Shanghai, pause the offers that needed it, tell the holders."""
    context.write(watch_certificates.lapse)


@job("catalogue.remind_holders", cron="0 1 * * *")
def remind_holders(context: JobContext) -> None:
    """Tell holders at nine in the morning which of their certificates end soon."""
    today = time.today()
    context.write(lambda session: watch_certificates.remind(session, today))
