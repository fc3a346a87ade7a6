"""Documents printed for subscribers: invoices, as PDF and as pages for a fax machine."""
