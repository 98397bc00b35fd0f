"""The database: models, migrations, queries, search."""
