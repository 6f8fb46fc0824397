"""PAdES signatures in PDF files: prepared, signed here or elsewhere, stamped with the time, and made to last."""
