"""Asking MinIO: buckets and the objects in them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from labkit.errors import ServerDownError
from services.contracts.settings import ObjectStore

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client as S3Client  # noqa: PLC0414 - for others to import
else:
    S3Client = Any


def client() -> S3Client:
    """Return a boto3 client for MinIO, which answers now. Raises `ServerDownError` if it does not."""
    settings = ObjectStore()
    s3 = boto3.client(
        "s3",
        endpoint_url=settings.endpoint,
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key.get_secret_value(),
        region_name=settings.region,
        config=Config(s3={"addressing_style": "path"}, connect_timeout=5, retries={"max_attempts": 1}),
    )
    try:
        s3.list_buckets()
    except BotoCoreError:
        raise ServerDownError(
            f"MinIO does not answer at {settings.endpoint}",
            try_next="`lab.platform.run('up', '--only', 'minio')`, then run this cell again.",
        ) from None
    return s3


def buckets(s3: S3Client) -> set[str]:
    """Return the names of all buckets."""
    return {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}


def ensure_bucket(s3: S3Client, name: str) -> None:
    """Create a bucket unless it is there."""
    if name not in buckets(s3):
        s3.create_bucket(Bucket=name)


def objects(s3: S3Client, bucket: str, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield the key and the size in bytes of each object below a prefix."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from ((one["Key"], one["Size"]) for one in page.get("Contents", []))


def remove_bucket(s3: S3Client, name: str) -> None:
    """Delete a bucket and all that is in it; one that is not there is as good."""
    try:
        for key, _ in objects(s3, name):
            s3.delete_object(Bucket=name, Key=key)
        s3.delete_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def read(s3: S3Client, uri: str) -> bytes:
    """Return the object at an `s3://bucket/key`."""
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read()
