"""Write what changed in ``engine/*.sql`` down for the migration that carries it.

PostgreSQL reads the SQL, not this package: what the migrations make and what the files say is
compared as the database tells it, function by function and trigger by trigger.
"""
