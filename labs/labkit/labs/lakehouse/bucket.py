"""Exercise 1: a bucket, made by a set-up that may run twice."""

from botocore.exceptions import ClientError

from labkit.attempt import Attempt
from labkit.errors import WrongAnswerError
from labkit.labs.lakehouse import names
from labkit.servers import object_store
from labkit.servers.object_store import S3Client
from labkit.spec import Passed

NO_BUCKET_NAME = "Lab_01"
"""Capitals and underscores are not allowed in a bucket's name."""
CANARY = "canary"


def check(attempt: Attempt) -> Passed:
    """Make a bucket twice with an object in it in between, then one that cannot be."""
    s3 = object_store.client()
    name = names.own("bucket").replace("_", "-")
    before = object_store.buckets(s3)
    try:
        _first(attempt, s3, name)
        s3.put_object(Bucket=name, Key=CANARY, Body=b"chirp")
        _second(attempt, s3, name)
        _impossible(attempt, s3)
    finally:
        for made in object_store.buckets(s3) - before:
            object_store.remove_bucket(s3, made)
    return Passed(
        "the bucket is there, what was put into it outlived the second run, and MinIO's refusal was not hidden",
        {"refused, as it should be": f"the name {NO_BUCKET_NAME}"},
    )


def _first(attempt: Attempt, s3: S3Client, name: str) -> None:
    before = object_store.buckets(s3)
    try:
        attempt(s3, name)
    except WrongAnswerError as error:
        if _code(error) != "BucketAlreadyOwnedByYou":
            raise
        raise WrongAnswerError(
            "it tried to make a bucket that was there before: is it the `name` that it was given?"
        ) from None
    made = object_store.buckets(s3) - before
    if made and name not in made:
        raise WrongAnswerError(f"it made a bucket `{min(made)}`; asked for was the `name` that it was given")
    if not made:
        raise WrongAnswerError("it ran, and MinIO has no bucket of that name (a folder in another bucket is none)")


def _second(attempt: Attempt, s3: S3Client, name: str) -> None:
    try:
        attempt(s3, name)
    except WrongAnswerError as error:
        raise WrongAnswerError(
            f"the second run raised {_code(error) or type(error.__cause__).__name__}; "
            "a set-up that stopped half-way is run again, so what is there already is no error"
        ) from None
    if CANARY not in {key for key, _ in object_store.objects(s3, name)}:
        raise WrongAnswerError(
            "an object was put into the bucket between two runs, and the second run lost it: never delete"
        )


def _impossible(attempt: Attempt, s3: S3Client) -> None:
    try:
        attempt(s3, NO_BUCKET_NAME)
    except WrongAnswerError:
        return
    raise WrongAnswerError(
        f"MinIO refuses the name {NO_BUCKET_NAME}, and the function kept silent; "
        "let pass only that the bucket is there already"
    )


def _code(error: WrongAnswerError) -> str:
    cause = error.__cause__
    return cause.response["Error"]["Code"] if isinstance(cause, ClientError) else ""
