-- What the peers need beside the tables: a function that registers a person, and, for the peer with row-level
-- security, a role with policies that mean what the project's scope means. The owner of the tables and
-- superusers pass the policies by, so that no other peer is touched by them. Harmless when repeated.

CREATE OR REPLACE FUNCTION bench.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $body$
    SELECT encode(substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        || substring(uuid_send(gen_random_uuid()) FROM 7), 'hex')::uuid
$body$;

CREATE OR REPLACE FUNCTION {s}.bench_register_person(
    name text, sex text, birth_date date, document_number text, phone text, dwelling uuid
) RETURNS {s}.base_people LANGUAGE sql VOLATILE AS $body$
    WITH home AS (SELECT * FROM {s}.base_dwellings d WHERE d.id = bench_register_person.dwelling),
    person AS (
        INSERT INTO {s}.base_people (id, name, sex, birth_date, document_type, document_number_cipher,
            document_number_digest, document_number_masked, phone_cipher, phone_digest, phone_masked, dwelling_id,
            grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, created_at, updated_at)
        SELECT bench.new_id(), bench_register_person.name, bench_register_person.sex,
            bench_register_person.birth_date, 'IDENTITY_CARD', decode(md5(document_number), 'hex'),
            sha256(convert_to(document_number, 'UTF8')), left(document_number, 3) || '***********'
                || right(document_number, 4), decode(md5(phone), 'hex'), sha256(convert_to(phone, 'UTF8')),
            left(phone, 3) || '****' || right(phone, 4), id,
            grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, now(), now() FROM home
        RETURNING *),
    residence AS (
        INSERT INTO {s}.base_residences (id, person_id, dwelling_id, kind, since,
            grid_id, anc_1, anc_2, anc_3, anc_4, anc_5, anc_6, created_at, updated_at)
        SELECT bench.new_id(), person.id, home.id, 'CURRENT', current_date,
            home.grid_id, home.anc_1, home.anc_2, home.anc_3, home.anc_4, home.anc_5, home.anc_6, now(), now()
        FROM home, person)
    SELECT * FROM person
$body$;

DO $body$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wangge_bench_reader') THEN
        CREATE ROLE wangge_bench_reader NOLOGIN;
    END IF;
END $body$;
GRANT USAGE ON SCHEMA {s}, bench TO wangge_bench_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA {s} TO wangge_bench_reader;
GRANT INSERT ON {s}.base_people, {s}.base_residences TO wangge_bench_reader;

DO $body$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['base_people', 'base_households', 'base_dwellings', 'base_residences',
        'volunteer_points_volunteers', 'volunteer_points_accounts', 'volunteer_points_team_members',
        'volunteer_points_records']
    LOOP
        EXECUTE format('ALTER TABLE {s}.%I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS bench_scope ON {s}.%I', name);
        EXECUTE format('CREATE POLICY bench_scope ON {s}.%I TO wangge_bench_reader '
            'USING (anc_1 = current_setting(''wangge.place'')::int) '
            'WITH CHECK (anc_1 = current_setting(''wangge.place'')::int)', name);
    END LOOP;
END $body$;
