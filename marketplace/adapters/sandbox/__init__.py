"""The sandbox: a payment processor of our own for demonstrations and tests, which speaks Stripe's wire.

It keeps its own books, serves its own pay page (演示支付) and sends signed events, as a real processor would.
"""
