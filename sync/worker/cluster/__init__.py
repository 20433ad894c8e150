"""Many machines on one ledger (PostgreSQL): docs/decisions/0011. Imported only where worker.cluster is true."""
