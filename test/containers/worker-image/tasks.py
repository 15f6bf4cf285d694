"""A Celery app as its documentation has it: https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/sqs.html"""
import os
import time

import boto3
from celery import Celery

QUEUE = os.environ["TASK_QUEUE_NAME"]
VERSION = os.environ["WORKER_VERSION"]

app = Celery("jobs", broker=os.environ["CELERY_BROKER_URL"])
app.conf.update(
    task_default_queue=QUEUE,
    broker_transport_options={
        "region": os.environ["AWS_REGION"],
        "visibility_timeout": int(os.environ["SQS_QUEUE_VISIBILITY_TIMEOUT"]),
        "wait_time_seconds": 1,
        "polling_interval": 0.1,
        "predefined_queues": {QUEUE: {"url": os.environ["TASK_QUEUE_URL"]}},
    },
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
)


@app.task(name="record")
def record(job, seconds=0):
    """Leaves an effect that can be counted."""
    print(f"{time.time():.3f} begins {job}", flush=True)
    time.sleep(seconds)
    boto3.client("dynamodb").update_item(
        TableName=os.environ["JOBS_TABLE"], Key={"job": {"S": job}},
        UpdateExpression="ADD times :one SET #by = :by", ExpressionAttributeNames={"#by": "by"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":by": {"S": VERSION}},
    )
    print(f"{time.time():.3f} ends {job}", flush=True)
