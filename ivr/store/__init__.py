"""The database: SQLAlchemy 2 tables and repositories."""
