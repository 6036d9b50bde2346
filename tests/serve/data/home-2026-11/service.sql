BEGIN TRANSACTION;
CREATE TABLE access_keys (
	id VARCHAR(12) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	scope VARCHAR(12) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	created VARCHAR(32) NOT NULL, 
	expires VARCHAR(32) NOT NULL, 
	revoked VARCHAR(32), 
	PRIMARY KEY (id)
);
INSERT INTO "access_keys" VALUES('8b1dd13bf2e8','anna','researcher','7901800b7d40dec81d02ad11033126c2f992fe79e0731884a3b39a721ee5d0af','2026-11-30T23:38:31.410+00:00','2027-11-30T23:38:31.410+00:00',NULL);
CREATE TABLE access_sessions (
	digest VARCHAR(64) NOT NULL, 
	"key" VARCHAR(12) NOT NULL, 
	expires VARCHAR(32) NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE answers (
	"key" VARCHAR(200) NOT NULL, 
	request VARCHAR(64) NOT NULL, 
	status INTEGER, 
	body BLOB, 
	created VARCHAR(32) NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE campaigns (
	name VARCHAR(64) NOT NULL, 
	state TEXT NOT NULL, 
	changed VARCHAR(32) NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE executors (
	id VARCHAR(40) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	host TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	since VARCHAR(32) NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE jobs (
	id VARCHAR(40) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	progress FLOAT NOT NULL, 
	step TEXT NOT NULL, 
	name TEXT NOT NULL, 
	told TEXT NOT NULL, 
	rows INTEGER, 
	models TEXT NOT NULL, 
	error TEXT NOT NULL, 
	created VARCHAR(32) NOT NULL, 
	started VARCHAR(32), 
	finished VARCHAR(32), 
	PRIMARY KEY (id)
);
CREATE TABLE owners (
	kind VARCHAR(12) NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	PRIMARY KEY (kind, name)
);
CREATE TABLE turns (
	job VARCHAR(40) NOT NULL, 
	queue VARCHAR(12) NOT NULL, 
	owner VARCHAR(64) NOT NULL, 
	starts INTEGER NOT NULL, 
	ends INTEGER NOT NULL, 
	bytes BIGINT NOT NULL, 
	PRIMARY KEY (job)
);
CREATE TABLE vitrion_revision (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT vitrion_revision_pkc PRIMARY KEY (version_num)
);
INSERT INTO "vitrion_revision" VALUES('0004');
CREATE INDEX ix_jobs_created ON jobs (created);
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_access_keys_name ON access_keys (name);
CREATE INDEX ix_access_sessions_key ON access_sessions ("key");
CREATE INDEX ix_owners_owner ON owners (owner);
CREATE INDEX ix_turns_owner ON turns (owner);
COMMIT;
