-- Parts of names are looked for among all of them: by trigrams, where the database has them (pg_trgm comes with PostgreSQL
-- and may be created by the database's owner). Without, such a search reads the tables whole, and nothing else changes.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX conferences_by_name ON conferences USING gin (room gin_trgm_ops, server gin_trgm_ops);
  CREATE INDEX participants_by_name ON participants USING gin (display gin_trgm_ops, user_id gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'no trigram indexes: %', SQLERRM;
END
$$;
