BEGIN TRANSACTION;
CREATE TABLE additions (
	version INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	added_at TEXT NOT NULL, 
	file TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	facts INTEGER NOT NULL, 
	note TEXT NOT NULL
);
INSERT INTO "additions" VALUES(1,'2026-11-30T23:38:22+00:00','res.csv','3bdddf13e9a37e408980c3c5fba97520ba73e3ec1c059365ad88c405442afad4',4,'');
CREATE TABLE facts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	version INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	quantity TEXT NOT NULL, 
	formula TEXT NOT NULL, 
	value FLOAT, 
	given FLOAT, 
	"temperature_C" FLOAT, 
	unit TEXT NOT NULL, 
	given_unit TEXT NOT NULL, 
	phase TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	sample TEXT NOT NULL, 
	method TEXT NOT NULL, 
	doi TEXT NOT NULL, 
	year INTEGER, 
	author TEXT NOT NULL, 
	confidence TEXT NOT NULL, 
	note TEXT NOT NULL, 
	supersedes INTEGER, 
	content TEXT NOT NULL, 
	FOREIGN KEY(version) REFERENCES additions (version), 
	UNIQUE (supersedes), 
	FOREIGN KEY(supersedes) REFERENCES facts (id)
);
INSERT INTO "facts" VALUES(1,1,2,'conductivity','LiAlCl2.4O0.8',1.30000000000000015716e-03,1.3,25.0,'S/cm','mS/cm','glass','','','','',NULL,'','high','',NULL,'7e50f95e4c59d63000b2bbe9b84ff4168665d2e7c532a7c6d566f83d9091ff54');
INSERT INTO "facts" VALUES(2,1,2,'tg','LiAlCl2.4O0.8',-12.0,-12.0,NULL,'degC','degC','glass','','','','',NULL,'','high','',NULL,'9124607c6c347d3c8ec50232b13825d57cee4bc15a36238a4dda2f027b95f9a9');
INSERT INTO "facts" VALUES(3,1,3,'conductivity','NaAlCl2.4O0.8',0.0011,1.1,25.0,'S/cm','mS/cm','glass','','','','',NULL,'','high','',NULL,'dba83a26939c69e44b6629b771694cb2bb1971da7a247b857774fe1444556942');
INSERT INTO "facts" VALUES(4,1,3,'tg','NaAlCl2.4O0.8',-20.0,-20.0,NULL,'degC','degC','glass','','','','',NULL,'','high','',NULL,'4f43f1a2b71ed59ca2633e3eaeb127ff5379843fb354cd84e0e89457330114b6');
CREATE TRIGGER no_update_of_additions BEFORE UPDATE ON additions BEGIN SELECT RAISE(ABORT, 'additions are never changed: add a row that supersedes'); END;
CREATE TRIGGER no_delete_of_additions BEFORE DELETE ON additions BEGIN SELECT RAISE(ABORT, 'additions are never changed: add a row that supersedes'); END;
CREATE TRIGGER no_update_of_facts BEFORE UPDATE ON facts BEGIN SELECT RAISE(ABORT, 'facts are never changed: add a row that supersedes'); END;
CREATE TRIGGER no_delete_of_facts BEFORE DELETE ON facts BEGIN SELECT RAISE(ABORT, 'facts are never changed: add a row that supersedes'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('additions',1);
INSERT INTO "sqlite_sequence" VALUES('facts',4);
COMMIT;
