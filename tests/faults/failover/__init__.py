"""PostgreSQL in high availability, with its primary killed and cut off while acts go on: ``bin/failover``."""
