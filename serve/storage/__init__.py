"""What the service keeps: its database, retries while that is away, and backups.

- `store`: What the service remembers: jobs and idempotency keys, as rows of a database.
- `claims`: Idempotency keys: what each stands for, and who works on it.
- `access_tables`: Tables of who may what: access keys, sessions of browsers, and who made which job or campaign.
- `schema`: Which tables the database of the service has: brought up to date in steps, by one process at a time.
- `retries`: What is done while the database does not answer: it is asked again for a while, then the error is named.
- `shares`: Whose turn it is among jobs, and how much of the queues and of the disk is one key's share.
- `damage`: Databases of the home folder at the start of the service: whole, free and writable.
- `archive`: The file or folder of a backup: written for its owner alone, and read name by name as its manifest says.
- `database_dump`: The tables of a database server as one file of a backup, all of one moment.
- `backup`: A copy of all that is kept, at one moment, while others go on writing; and the way back.
"""
