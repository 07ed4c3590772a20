"""The database's history: one file a change, run in order by Alembic."""
