"""Notices: what the marketplace tells people outside its pages, by SMS, mail or inbox."""
