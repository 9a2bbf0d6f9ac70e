-- The practice customer's database: the shape of a telephone system's data, not the vendor's schema.
CREATE DATABASE pbxware CHARACTER SET utf8mb4;
USE pbxware;

CREATE TABLE tenants (
  id INT AUTO_INCREMENT PRIMARY KEY, code CHAR(3) NOT NULL UNIQUE, name VARCHAR(80) NOT NULL);
CREATE TABLE extensions (
  id INT AUTO_INCREMENT PRIMARY KEY, tenant_id INT NOT NULL, number VARCHAR(16) NOT NULL, name VARCHAR(80) NOT NULL,
  email VARCHAR(120) NOT NULL, enabled TINYINT(1) NOT NULL DEFAULT 1, UNIQUE (tenant_id, number),
  FOREIGN KEY (tenant_id) REFERENCES tenants (id));
CREATE TABLE extension_changes (
  id INT AUTO_INCREMENT PRIMARY KEY, extension_id INT NOT NULL, changed_at DATETIME NOT NULL,
  old_name VARCHAR(80), new_name VARCHAR(80));
CREATE TABLE trunks (
  id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE, host VARCHAR(120) NOT NULL,
  channels INT NOT NULL DEFAULT 30);
CREATE TABLE dids (
  id INT AUTO_INCREMENT PRIMARY KEY, number VARCHAR(20) NOT NULL UNIQUE, trunk_id INT NOT NULL, extension_id INT NOT NULL,
  FOREIGN KEY (trunk_id) REFERENCES trunks (id), FOREIGN KEY (extension_id) REFERENCES extensions (id));
CREATE TABLE settings (name VARCHAR(60) PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE greetings (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(40) NOT NULL, sound BLOB NOT NULL);
CREATE TABLE cdr (
  id BIGINT AUTO_INCREMENT PRIMARY KEY, calldate DATETIME NOT NULL, src VARCHAR(32) NOT NULL, dst VARCHAR(32) NOT NULL,
  duration INT NOT NULL, billsec INT NOT NULL, disposition VARCHAR(16) NOT NULL, uniqueid VARCHAR(40) NOT NULL,
  KEY (calldate), KEY (uniqueid));

INSERT INTO tenants (code, name) VALUES ('200', 'Head office'), ('300', 'Zürich & Genève');
INSERT INTO extensions (tenant_id, number, name, email)
  SELECT 1 + seq % 2, 100 + seq, CONCAT('Extension ', 100 + seq), CONCAT('user', 100 + seq, '@example.org') FROM seq_0_to_59;
INSERT INTO trunks (name, host, channels) VALUES
  ('carrier-a', 'sip.carrier-a.example', 30), ('carrier-b', 'sip.carrier-b.example', 60);
INSERT INTO dids (number, trunk_id, extension_id)
  SELECT CONCAT('+4930555', 1000 + seq), 1 + seq % 2, 1 + seq FROM seq_0_to_39;
INSERT INTO settings VALUES
  ('language', 'en'), ('timezone', 'Europe/Berlin'), ('recording', 'on'), ('odd', 'quote '' backslash \\ percent % line\nend');
INSERT INTO greetings (name, sound) VALUES ('every-byte', UNHEX('000102030A0D1A5C2722FFFE80')), ('empty', '');
INSERT INTO cdr (calldate, src, dst, duration, billsec, disposition, uniqueid)
  SELECT TIMESTAMP('2026-01-01 08:00:00') + INTERVAL seq * 7 MINUTE, 100 + seq % 60, CONCAT('+4930777', 1000 + seq % 900),
         5 + seq % 300, IF(seq % 4 = 0, 0, seq % 300), IF(seq % 4 = 0, 'NO ANSWER', 'ANSWERED'), CONCAT('176', seq, '.', seq % 97)
  FROM seq_1_to_6000;

CREATE VIEW answered_calls AS
  SELECT src, COUNT(*) AS calls, SUM(billsec) AS seconds FROM cdr WHERE disposition = 'ANSWERED' GROUP BY src;
CREATE TRIGGER extension_renamed AFTER UPDATE ON extensions FOR EACH ROW
  INSERT INTO extension_changes (extension_id, changed_at, old_name, new_name) VALUES (OLD.id, NOW(), OLD.name, NEW.name);

-- The GUI's account has no usable password until the system's first start gives it one.
CREATE USER pbxware@localhost IDENTIFIED VIA mysql_native_password USING 'invalid';
GRANT ALL ON pbxware.* TO pbxware@localhost;
