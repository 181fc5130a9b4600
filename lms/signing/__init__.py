"""What proves a certificate: codes, signatures, keys and withdrawal lists. Pure, no framework."""
