"""Jobs: durable steps in queues of their own, leases of the processes that work on them.

- `job_queue`: Durable jobs: long lists, trainings and rounds of campaigns, in queues of their own.
- `kept_answers`: Rankings and sweeps that were answered at once, kept under a number as results of jobs are.
- `workflows`: What a job does, step by step: a killed server goes on after the last step that DBOS kept as done.
- `context`: What the steps of jobs work with, and how a job ends: done, failed by its own fault.
- `queues`: The queues of jobs, which DBOS keeps beside the steps of those that are worked on.
- `training_report`: What a training in a process of its own reports, a line of JSON each: its steps.
- `leases`: Which processes work on jobs: each holds a lock that its end gives back, whatever the clocks say.
- `recovery`: A thread that looks after the jobs of all processes: takes over from those that ended.
- `sweeping`: What is left of jobs, keys and processes that are no more: rows, steps.
- `lengths`: How long a list is, as far as that is seen in a moment: who asks for a short one waits for no long one.
"""
