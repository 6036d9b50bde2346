BEGIN TRANSACTION;
CREATE TABLE answers (
	"key" VARCHAR(200) NOT NULL, 
	request VARCHAR(64) NOT NULL, 
	status INTEGER, 
	body BLOB, 
	created VARCHAR(32) NOT NULL, 
	PRIMARY KEY ("key")
);
INSERT INTO "answers" VALUES('POST /api/v1/jobs one','aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',202,X'7B7D','2026-11-20T10:00:00.000+00:00');
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
INSERT INTO "jobs" VALUES('00000000000000000000','rank','done',1.0,'waiting for its turn','mine.csv','{"goal": null}',3,'{"tg": 8}','','2026-11-20T10:00:00.000+00:00',NULL,'2026-11-20T10:00:02.000+00:00');
INSERT INTO "jobs" VALUES('00000000000000000001','rank','queued',0.0,'waiting for its turn','mine.csv','{"goal": null}',NULL,'{"tg": 8}','','2026-11-20T10:00:01.000+00:00',NULL,NULL);
INSERT INTO "jobs" VALUES('00000000000000000002','rank','failed',1.0,'waiting for its turn','mine.csv','{"goal": null}',3,'{"tg": 8}','the list is no list','2026-11-20T10:00:02.000+00:00',NULL,'2026-11-20T11:00:00.000+00:00');
CREATE INDEX ix_jobs_state ON jobs (state);
CREATE INDEX ix_jobs_created ON jobs (created);
COMMIT;
