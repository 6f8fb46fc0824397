"""Reports: indicators, units, delays, ways, use of services and readiness, as pages and as files."""
