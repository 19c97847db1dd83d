CREATE EXTENSION pg_stat_statements;
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer integer NOT NULL,
  item text NOT NULL,
  cents integer NOT NULL
);
INSERT INTO orders SELECT n, 1 + n % 1000, 'item ' || n, 100 + n % 900 FROM generate_series(1, 50000) AS n;
CREATE INDEX orders_customer ON orders (customer, id);
ANALYZE orders;
