import unittest

import sql_lint
from source import Source

TABLES = '''auto schema = R"(
CREATE TABLE person (lane INTEGER NOT NULL, id INTEGER NOT NULL, stage INTEGER, PRIMARY KEY (lane, id));
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT) STRICT;
)";
'''


def rules(*statements, path="src/storage/sqlite/a.cpp"):
    code = "\n".join(f'auto s{number} = R"({text})";' for number, text in enumerate(statements))
    return [finding.rule for finding in sql_lint.check([Source(path, TABLES + code)])]


class SqlLint(unittest.TestCase):
    def clean(self, *statements):
        self.assertEqual(rules(*statements), [])

    def broken(self, rule, *statements):
        for text in statements:
            self.assertEqual(rules(text), [rule], text)

    def test_a_lane_table_is_read_by_lane(self):
        self.clean("SELECT id FROM person WHERE lane = ?1 AND id = ?2", "SELECT value FROM setting WHERE name = ?1",
                   "UPDATE person SET stage = ?3 WHERE lane = ?1 AND id = ?2", "DELETE FROM person WHERE lane IN (?1, ?2)",
                   "INSERT INTO person (lane, id, stage) VALUES (?1, ?2, ?3)",
                   "SELECT p.id FROM person p JOIN setting s ON s.name = ?1 WHERE p.lane = ?2")
        self.broken("sql-lane", "SELECT id FROM person WHERE id = ?1", "SELECT lane, id FROM person",
                    "UPDATE person SET stage = ?1", "DELETE FROM person", "INSERT INTO person (id) VALUES (?1)",
                    "SELECT s.name FROM setting s JOIN person p ON p.id = s.name")

    def test_a_scan_gives_its_reason(self):
        self.clean("SELECT lane, id FROM person -- scan: rebuild reads everything\n")
        self.broken("sql-lane", "SELECT lane, id FROM person -- scan:\n")

    def test_lane_tables_are_found_across_files(self):
        other = Source("src/storage/sqlite/b.cpp", 'auto s = "SELECT id FROM person";')
        found = list(sql_lint.check([Source("src/storage/sqlite/a.cpp", TABLES), other]))
        self.assertEqual([(finding.path, finding.rule) for finding in found], [(other.path, "sql-lane")])

    def test_each_store_cuts_its_own_tables(self):
        other = Source("src/storage/postgres/b.cpp", 'auto s = "SELECT id FROM person";')
        self.assertEqual(list(sql_lint.check([Source("src/storage/sqlite/a.cpp", TABLES), other])), [])

    def test_rows_from_arrays_name_the_lane(self):
        self.clean("INSERT INTO person (lane, id) SELECT lane, id FROM unnest($1, $2) AS new (lane, id)")
        self.broken("sql-lane", "INSERT INTO person (id) SELECT id FROM unnest($1) AS new (id)",
                    "INSERT INTO person (lane, id) SELECT lane, id FROM person")

    def test_locks_beside_the_rows_give_their_reason(self):
        self.clean("SELECT pg_try_advisory_xact_lock($1) -- locks: given back on any death\n")
        self.broken("sql-locks", "SELECT pg_try_advisory_xact_lock($1)", "SELECT pg_advisory_lock($1) -- locks:\n")

    def test_keys_hold_the_lane(self):
        self.clean("CREATE INDEX person_stage ON person (lane, stage)", "CREATE INDEX setting_value ON setting (value)",
                   "CREATE TABLE a (lane INTEGER, n INTEGER, UNIQUE (n, lane))",
                   "CREATE TABLE a (n INTEGER PRIMARY KEY, lane INTEGER) -- key: append order of one file\n")
        self.broken("sql-key", "CREATE INDEX person_stage ON person (stage)", "CREATE TABLE a (lane INTEGER, n INTEGER, UNIQUE (n))",
                    "CREATE TABLE a (n INTEGER PRIMARY KEY, lane INTEGER)")

    def test_columns_are_named(self):
        self.clean("SELECT count(*) FROM setting", "SELECT value, 2 * 3 FROM setting")
        self.broken("sql-star", "SELECT * FROM setting", "SELECT s.* FROM setting s",
                    "INSERT INTO setting (name) VALUES (?1) RETURNING *")
        self.broken("sql-columns", "INSERT INTO setting VALUES (?1, ?2)")

    def test_times_and_random_values_are_parameters(self):
        self.clean("UPDATE setting SET value = ?1 WHERE name = 'now()'")
        self.broken("sql-volatile", "UPDATE setting SET value = now()", "SELECT random() FROM setting",
                    "SELECT value FROM setting WHERE value < CURRENT_TIMESTAMP", "SELECT datetime('now') FROM setting",
                    "INSERT INTO setting (name) VALUES (nextval('s'))")

    def test_conflicts_name_their_target(self):
        self.clean("INSERT INTO setting (name) VALUES (?1) ON CONFLICT (name) DO NOTHING")
        self.broken("sql-conflict", "INSERT INTO setting (name) VALUES (?1) ON CONFLICT DO NOTHING",
                    "INSERT OR REPLACE INTO setting (name) VALUES (?1)", "REPLACE INTO setting (name) VALUES (?1)")

    def test_a_row_never_changes_its_lane(self):
        self.clean("UPDATE person SET stage = ?1 WHERE lane = ?2")
        self.broken("sql-key-set", "UPDATE person SET stage = ?1, lane = ?2 WHERE lane = ?3")

    def test_pages_go_by_key(self):
        self.clean("SELECT name FROM setting WHERE name > ?1 ORDER BY name LIMIT ?2")
        self.broken("sql-offset", "SELECT name FROM setting ORDER BY name LIMIT ?1 OFFSET ?2")

    def test_features_that_not_every_database_has(self):
        self.broken("sql-feature", "CREATE TRIGGER t AFTER INSERT ON setting BEGIN SELECT 1; END",
                    "CREATE TABLE a (n INTEGER PRIMARY KEY AUTOINCREMENT)", "CREATE TABLE a (n BIGSERIAL)", "LOCK TABLE setting",
                    "MERGE INTO setting USING x ON 1", "CREATE SEQUENCE s")

    def test_a_statement_is_one_constant(self):
        def found(code):
            return [finding.rule for finding in sql_lint.check([Source("src/storage/a.cpp", code)])]

        self.assertEqual(found('run("SELECT name " "FROM setting");'), [])
        self.assertEqual(found('run("SELECT name FROM setting WHERE value = " + value);'), ["sql-built"])
        self.assertEqual(found('run(fmt::format("SELECT name FROM {}", table));'), ["sql-built"])
        self.assertEqual(found('run("SELECT name FROM setting -- built: closed list of orders\\n" + order);'), [])

    def test_sql_stands_in_storage_only(self):
        text = 'auto s = "SELECT name FROM setting";'
        self.assertEqual([finding.rule for finding in sql_lint.check([Source("src/http/a.cpp", text)])], ["sql-place"])
        self.assertEqual(list(sql_lint.check([Source("src/http/a.cpp", 'auto s = "select a lead from the list";')])), [])

    def test_keywords_are_capitals(self):
        self.broken("sql-case", "select name from setting")

    def test_comments_are_not_sql(self):
        self.clean("SELECT name -- never SELECT *; never now()\nFROM setting")

    def test_the_line_is_that_of_the_statement(self):
        code = 'auto s = R"(\nCREATE TABLE a (n INTEGER);\n\nSELECT * FROM a;\n)";\n'
        self.assertEqual([finding.line for finding in sql_lint.check([Source("src/storage/a.cpp", code)])], [4])


if __name__ == "__main__":
    unittest.main()
