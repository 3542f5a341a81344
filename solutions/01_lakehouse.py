# %% [markdown]
# # Lab 01 · A lakehouse by hand
#
# **Objective.** At the end you have brought up the three servers of a lakehouse one by one, made a table in it, changed
# it, looked into its past, undone a mistake, and found the very files that a row is in.

# %%
import labkit
from labkit.labs.lakehouse import files, names, sample, setup, story
from labkit.servers import object_store
from services.contracts.settings import ObjectStore

lab = labkit.start("01_lakehouse")

# %% [markdown]
# ## Story
#
# The café of lab 00 does well, and its accountant wants every payment of the last ten years at hand. A database would
# hold them. But then the fraud people come with Spark, the data scientists with Python, and the auditor asks what the
# table looked like on 2 March, before somebody "corrected" it. So the payments go into *files* that everybody can read,
# and something small and strict says which of these files are the table. That is a lakehouse:
#
# ```mermaid
# flowchart LR
#   you["pyiceberg (you)"] -- "which files?" --> C["catalog<br/>Polaris"]
#   T["Trino"] -- "which files?" --> C
#   you -- read, write --> M[("MinIO<br/>Parquet, Avro, JSON")]
#   T -- read, write --> M
#   C -. "metadata.json" .-> M
# ```
#
# The catalog is the only one who may say "this is the table now". It changes its mind in one step, and that step is
# the commit.
#
# ## First the store
#
# The platform can start one server at a time. If it runs already, because you come from lab 00, this changes nothing,
# and says so. To see each of the three come up, first say `lakehouse down` in a terminal: it stops everything and keeps
# all data.

# %%
lab.platform.run("up", "--only", "minio")

# %% [markdown]
# MinIO speaks Amazon's S3: buckets, and objects in them by key. No folders, no renaming, no appending. Everything that
# follows is built on "write an object, read an object".
#
# **Predict.** S3 has no `UPDATE`. How can a table of such objects be changed at all, while somebody reads it?
#
# ## Exercise 1: a bucket
#
# A set-up is run, stops half-way, and is run again. So each of its steps has to be *idempotent*: the second time
# changes nothing and does not fail. It must not hide real trouble either. `s3` is
# [boto3's client](https://boto3.amazonaws.com/v1/documentation/api/latest/reference/services/s3.html).


# %%
from contextlib import suppress


@lab.exercise("make_bucket")
def make_bucket(s3, name: str) -> None:  # noqa: ANN001 - boto3 makes its clients' types at run time
    """Create the bucket. If it is there already, leave it as it is; any other trouble is raised."""
    ### BEGIN SOLUTION
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=name)
    ### END SOLUTION


# %% [markdown]
# The check makes a bucket with your function, puts an object into it, makes it again, and looks whether the object is
# still there. Then it asks for a bucket that cannot be. It takes away what it made.

# %%
lab.check("make_bucket")

# %% [markdown]
# And now the bucket of this lab.

# %%
s3 = object_store.client()
make_bucket(s3, names.BUCKET)
print("the bucket is there:", names.BUCKET in object_store.buckets(s3))

# %% [markdown]
# ## Then the catalog
#
# The catalog keeps one pointer per table: where its newest `metadata.json` is. It has to survive a restart, so it comes
# with a database of its own (Polaris keeps its pointers in PostgreSQL, the reference catalog in a SQLite file).

# %%
lab.platform.run("up", "--only", "catalog")
story.catalog_in_use()

# %% [markdown]
# What follows in this part is Polaris's: catalogs, principals, roles. The reference catalog has one catalog, no users
# and no rights. If that is the one you have, your functions make the same requests, the checks compare them with what
# Polaris asks for, and nothing is sent.
#
# ## Exercise 2: ask Polaris for a catalog
#
# One Polaris holds many catalogs. Each is created by `POST /catalogs` of the management API, with a body of these
# fields ([its description](https://github.com/apache/polaris/blob/main/spec/polaris-management-service.yml)):
#
# | field | what it says |
# | --- | --- |
# | `name`, `type` | its name, and `INTERNAL`: the tables' state is kept here, not elsewhere |
# | `properties` | `default-base-location`: where new tables go |
# | `storageConfigInfo` | where the files are and how to reach them: the fields of the next table |
#
# | in `storageConfigInfo` | value |
# | --- | --- |
# | `storageType` | `S3` |
# | `allowedLocations` | a list; nothing outside of these is handed out |
# | `endpoint`, `region` | MinIO's address; `us-east-1` |
# | `pathStyleAccess`, `kmsUnavailable` | `True` |
#
# All of that stands below one key, `catalog`. The last two fields are for stores that are not Amazon's: the bucket's
# name goes into the path and not into the host's name, and there is no key management service to ask.
#
# **Predict.** A client that wants to read a table gets *vended credentials* from Polaris: keys for MinIO that live for
# an hour. For which objects will they be good?


# %%
@lab.exercise("catalog_request")
def catalog_request(name: str, location: str, s3_endpoint: str) -> dict:
    """Return the body that creates the catalog `name`, whose tables may be at `location` and nowhere else."""
    ### BEGIN SOLUTION
    storage = {
        "storageType": "S3",
        "allowedLocations": [location],
        "endpoint": s3_endpoint,
        "region": "us-east-1",
        "pathStyleAccess": True,
        "kmsUnavailable": True,
    }
    properties = {"default-base-location": location}
    return {"catalog": {"name": name, "type": "INTERNAL", "properties": properties, "storageConfigInfo": storage}}
    ### END SOLUTION


# %%
lab.check("catalog_request")

# %% [markdown]
# Vended keys are good for the folder of that one table, and for reading only where the reader may only read. So what
# stands in `allowedLocations` is the most that anybody will ever get through this catalog. And now the lab's own:

# %%
setup.send([("POST", "/catalogs", catalog_request(names.CATALOG, names.WAREHOUSE, ObjectStore().endpoint))])

# %% [markdown]
# ## Exercise 3: let somebody in
#
# Nobody has a right in Polaris: *roles* have rights, and people and programs (*principals*) have roles. There are two
# kinds of role, so that who works at the café and what may be done to a catalog can change without one another:
#
# ```mermaid
# flowchart LR
#   P["principal<br/>lab01_cafe"] --> PR["principal role<br/>who works here"]
#   PR --> CR["catalog role<br/>what may be done"]
#   CR --> G["CATALOG_MANAGE_CONTENT<br/>on the catalog lab01"]
# ```
#
# | request | body |
# | --- | --- |
# | `POST /principals` | `{"principal": {"name": …}}` |
# | `POST /principal-roles` | `{"principalRole": {"name": …}}` |
# | `PUT /principals/{principal}/principal-roles` | `{"principalRole": {"name": …}}` |
# | `POST /catalogs/{catalog}/catalog-roles` | `{"catalogRole": {"name": …}}` |
# | `PUT /principal-roles/{principal role}/catalog-roles/{catalog}` | `{"catalogRole": {"name": …}}` |
# | `PUT /catalogs/{catalog}/catalog-roles/{catalog role}/grants` | `{"grant": {"type": "catalog", "privilege": …}}` |
#
# `CATALOG_MANAGE_CONTENT` is the right to make, read, write and drop tables and namespaces. Handing out rights is
# another one, which the café's program does not need.


# %%
@lab.exercise("grant_steps")
def grant_steps(catalog: str, principal: str) -> list[tuple[str, str, dict]]:
    """Return the requests, as (method, path, body), after which a new `principal` may read and write in `catalog`."""
    ### BEGIN SOLUTION
    staff, content = f"{principal}_staff", f"{principal}_content"
    right = {"type": "catalog", "privilege": "CATALOG_MANAGE_CONTENT"}
    return [
        ("POST", "/principals", {"principal": {"name": principal}}),
        ("POST", "/principal-roles", {"principalRole": {"name": staff}}),
        ("PUT", f"/principals/{principal}/principal-roles", {"principalRole": {"name": staff}}),
        ("POST", f"/catalogs/{catalog}/catalog-roles", {"catalogRole": {"name": content}}),
        ("PUT", f"/catalogs/{catalog}/catalog-roles/{content}/grants", {"grant": right}),
        ("PUT", f"/principal-roles/{staff}/catalog-roles/{catalog}", {"catalogRole": {"name": content}}),
    ]
    ### END SOLUTION


# %% [markdown]
# On Polaris, the check carries your plan out for a new principal, logs in as that one, writes a table, and tries
# something that it must not be allowed to do.

# %%
lab.check("grant_steps")

# %%
setup.send(grant_steps(names.CATALOG, names.PRINCIPAL))

# %% [markdown]
# ## Then the query engine
#
# **Predict.** Trino is the largest of the three. What does it have to remember when it is stopped?

# %%
lab.platform.run("up", "--only", "trino")

# %% [markdown]
# ## Exercise 4: tell Trino where the tables are
#
# Trino has no tables and remembers nothing of them. It reads a *catalog file*, lines of `name=value`, for each place
# that it shall know. Yours has to name two servers:
#
# | lines | say |
# | --- | --- |
# | `connector.name` = `iceberg`, `iceberg.catalog.type` = `rest` | which plugin, which kind of catalog |
# | `iceberg.rest-catalog.uri` | where the catalog is |
# | `fs.native-s3.enabled` = `true`, `s3.endpoint`, `s3.region`, `s3.path-style-access` = `true` | where the files are |
#
# and then who it is there. **On the reference catalog** (`kind == "reference"`), which hands out no keys:
# `s3.aws-access-key` and `s3.aws-secret-key`. **On Polaris** (`kind == "polaris"`), instead of keys, all of these, each
# with `iceberg.rest-catalog.` in front: `warehouse`, `security` = `OAUTH2`, `oauth2.credential`, `oauth2.scope` =
# `PRINCIPAL_ROLE:ALL`, `oauth2.server-uri` (the catalog's address and `/v1/oauth/tokens`),
# `vended-credentials-enabled` = `true`.
#
# What differs from machine to machine, and every secret, is a variable of Trino's process: `${ENV:CATALOG_URI}`,
# `${ENV:CATALOG_CREDENTIAL}`, `${ENV:S3_ENDPOINT}`, `${ENV:S3_ACCESS_KEY}`, `${ENV:S3_SECRET_KEY}`. You write the lines
# of the catalog that you have; this is:

# %%
story.kind()


# %%
@lab.exercise("catalog_file")
def catalog_file(kind: str, warehouse: str) -> str:
    """Return the lines of Trino's catalog file for this `kind` of catalog; `warehouse` is its name in Polaris."""
    ### BEGIN SOLUTION
    lines = [
        "connector.name=iceberg",
        "iceberg.catalog.type=rest",
        "iceberg.rest-catalog.uri=${ENV:CATALOG_URI}",
        "fs.native-s3.enabled=true",
        "s3.endpoint=${ENV:S3_ENDPOINT}",
        "s3.region=us-east-1",
        "s3.path-style-access=true",
    ]
    if kind == "polaris":
        lines += [
            f"iceberg.rest-catalog.warehouse={warehouse}",
            "iceberg.rest-catalog.security=OAUTH2",
            "iceberg.rest-catalog.oauth2.credential=${ENV:CATALOG_CREDENTIAL}",
            "iceberg.rest-catalog.oauth2.scope=PRINCIPAL_ROLE:ALL",
            "iceberg.rest-catalog.oauth2.server-uri=${ENV:CATALOG_URI}/v1/oauth/tokens",
            "iceberg.rest-catalog.vended-credentials-enabled=true",
        ]
    else:
        lines += ["s3.aws-access-key=${ENV:S3_ACCESS_KEY}", "s3.aws-secret-key=${ENV:S3_SECRET_KEY}"]
    return "\n".join(lines)
    ### END SOLUTION


# %% [markdown]
# The check gives your file to the Trino that runs, under a name of its own (`CREATE CATALOG`), makes a table through
# it, reads it, and drops it.

# %%
lab.check("catalog_file")

# %% [markdown]
# Now for good: from here on, Trino knows `lab01` by your file. Tables live in *namespaces*, as in a database's
# schemas; this makes one called `lab01`, whose files go into your bucket.

# %%
catalog = setup.open_catalog()
print("the lab's namespace is there:", (names.NAMESPACE,) in catalog.list_namespaces())
story.load_in_trino(catalog_file)

# %% [markdown]
# Trino has written your lines into a file of its own, and will read them when it starts again. The platform's catalog
# got there in the same way; its file is in `platform/trino/catalog/`. (On Polaris, Trino comes as `root` for now,
# because that is the credential its process has. Lab 09 gives it a principal with fewer rights.)
#
# ## Exercise 5: a table
#
# | column | type | |
# | --- | --- | --- |
# | `payment_id` | string | required |
# | `paid_at` | a time with its zone | required |
# | `amount` | decimal, 20 digits of which 4 behind the point | required |
# | `currency` | string | required |
# | `note` | string | optional |
#
# Partitioned by the *day* of `paid_at`: Iceberg computes it from the column, so nobody has to write or to ask for a
# column "day". Every column has an id, 1, 2, 3 …, which you will meet again.
# ([pyiceberg's own description](https://py.iceberg.apache.org/api/#create-a-table))


# %%
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.transforms import DayTransform
from pyiceberg.types import DecimalType, NestedField, StringType, TimestamptzType


@lab.exercise("create_payments")
def create_payments(catalog, name: str, location: str):  # noqa: ANN001, ANN201 - a pyiceberg Catalog, a Table
    """Create the table `name` with its files at `location`, unless it is there, and return it."""
    ### BEGIN SOLUTION
    schema = Schema(
        NestedField(1, "payment_id", StringType(), required=True),
        NestedField(2, "paid_at", TimestamptzType(), required=True),
        NestedField(3, "amount", DecimalType(20, 4), required=True),
        NestedField(4, "currency", StringType(), required=True),
        NestedField(5, "note", StringType(), required=False),
    )
    by_day = PartitionSpec(PartitionField(2, 1000, DayTransform(), "paid_at_day"))
    return catalog.create_table_if_not_exists(name, schema=schema, location=location, partition_spec=by_day)
    ### END SOLUTION


# %%
lab.check("create_payments")

# %% [markdown]
# ## Two days at the café
#
# The lab's own table. This cell makes it anew each time, so that the numbers below are the same for everybody.

# %%
table = story.fresh_table(catalog, create_payments)
sample.append(table, sample.payments("42.00", "3.50", "5.00"))
sample.append(table, sample.payments("42.00", "6.50", day=1))
story.ask("SELECT date(paid_at) AS day, count(*) AS payments, sum(amount) AS total FROM payments GROUP BY 1 ORDER BY 1")

# %% [markdown]
# You wrote with Python, Trino read, and neither of them talked to the other. Both asked the catalog.
#
# ## The files behind a table
#
# **Predict.** Two appends. How many objects are in the bucket for this table, and of how many kinds?

# %%
files.tree(table)

# %% [markdown]
# ```mermaid
# flowchart LR
#   C["catalog:<br/>lab01.payments"] --> J["metadata.json<br/>schema, partitions, snapshots"]
#   J -- "current snapshot" --> L["manifest list<br/>snap-….avro"]
#   L --> M1["manifest ….avro"] --> D1["….parquet"]
#   L --> M2["manifest ….avro"] --> D2["….parquet"]
# ```
#
# Three `metadata.json` for two appends: to create the table was a commit, too. A commit writes new objects beside the
# old ones, and at the very end asks the catalog to move its pointer from one
# `metadata.json` to the next. Whoever reads meanwhile follows the old pointer, and sees the old table, whole. That is
# the answer to the first prediction: nothing is ever changed.
#
# One `metadata.json`, as it lies in the bucket:

# %%
story.metadata(table)

# %% [markdown]
# ## Exercise 6: change the schema
#
# The café wants to keep tips, and the field that everybody calls "memo" is called `note`. Add an optional column `tip`
# (a decimal like the amount), and give `note` the name `memo`.
#
# **Predict.** The table could have a billion rows. How long will that take?


# %%
from pyiceberg.types import DecimalType  # noqa: F811 - an exercise's cell brings what its solution needs


@lab.exercise("evolve")
def evolve(table) -> None:  # noqa: ANN001 - a pyiceberg Table
    """Add the optional column `tip`, decimal(20, 4), and rename `note` to `memo`, without writing a row."""
    ### BEGIN SOLUTION
    with table.update_schema() as update:
        update.add_column("tip", DecimalType(20, 4))
        update.rename_column("note", "memo")
    ### END SOLUTION


# %%
lab.check("evolve")

# %%
evolve(table)
story.ask("SELECT payment_id, amount, memo, tip FROM payments ORDER BY paid_at LIMIT 2")

# %% [markdown]
# The Parquet files still say `note`. But they say it of *field 5*, and the schema now says that field 5 is called
# `memo`. A column that is dropped and added again gets a new id, and its old values are never found again.
#
# ## What broke
#
# On the third day the till gets a new version, and it sends cents: 4200 where 42.00 is meant. Nobody notices until the
# accountant does.

# %%
story.remember_now()
sample.append(table, story.in_cents("42.00", "3.50", day=2))
story.ask("SELECT date(paid_at) AS day, sum(amount) AS total FROM payments GROUP BY 1 ORDER BY 1")

# %% [markdown]
# ## Exercise 7: which snapshot was it?
#
# Every commit left a snapshot, and the old ones are all still there. Find the one that was current at a moment: that is
# how one reads the past, and how one goes back to it. Be careful with a table that has been rolled back before: the
# newest snapshot need not have been the current one. `moment` is a `datetime` that knows its zone.


# %%
@lab.exercise("snapshot_at")
def snapshot_at(table, moment) -> int:  # noqa: ANN001 - a pyiceberg Table, a datetime
    """Return the id of the snapshot that was the table's current one at `moment`."""
    ### BEGIN SOLUTION
    snapshot = table.snapshot_as_of_timestamp(int(moment.timestamp() * 1000))
    return snapshot.snapshot_id
    ### END SOLUTION


# %% [markdown]
# The check makes a table with a past: a commit, a bad one, a rollback, another commit. It asks your function for five
# moments, and Trino for the rows at the same moments.

# %%
lab.check("snapshot_at")

# %% [markdown]
# Now mend it. First look, then go back: reading the past changes nothing, a rollback moves the catalog's pointer.

# %%
good = snapshot_at(table, story.remembered())
story.ask(f"SELECT count(*) AS payments, sum(amount) AS total FROM payments FOR VERSION AS OF {good}")  # noqa: S608 - a number of our own

# %%
table.manage_snapshots().rollback_to_snapshot(good).commit()
story.ask("SELECT date(paid_at) AS day, sum(amount) AS total FROM payments GROUP BY 1 ORDER BY 1")

# %% [markdown]
# And the bad rows? They are in no answer any more, and in the bucket all the same: the snapshot is still in the
# metadata, for whoever wants to know what had happened. It goes when somebody expires old snapshots (lab 08).

# %%
story.history(table)

# %% [markdown]
# ## Exercise 8: which files count?
#
# So the bucket holds more than the table. Walk from the current snapshot to the data files that are live: manifest
# list, manifests, entries. An entry can also say that a file was deleted.


# %%
@lab.exercise("live_files")
def live_files(table) -> set[str]:  # noqa: ANN001 - a pyiceberg Table
    """Return the paths (`s3://…`) of the data files of the table's current snapshot."""
    ### BEGIN SOLUTION
    return {
        entry.data_file.file_path
        for manifest in table.current_snapshot().manifests(table.io)
        for entry in manifest.fetch_manifest_entry(table.io)
    }
    ### END SOLUTION


# %%
lab.check("live_files")

# %%
live = live_files(table)
print(f"{len(live)} data files are live")
files.tree(table)

# %% [markdown]
# **Compare with your predictions.** A table is a pointer to a list of lists of files. Changing it is writing new files
# and moving the pointer; its past is free; undoing is moving the pointer back; and renaming a column of a billion rows
# takes as long as writing one JSON file. What is *not* free: files that nobody points to stay until somebody cleans up.
#
# ## What broke, once more
#
# - **A set-up that fails the second time** is one that nobody dares to run when it matters.
# - **A secret in a catalog file** is a secret in a repository by Friday. `${ENV:…}` keeps it where it was.
# - **Rename by drop and add** looks right in `DESCRIBE` and has lost every value.
# - **Seconds for milliseconds** finds the year 1970, when there was no snapshot.
#
# ## What to read next
#
# - `services/ingestion/lake.py`: how the platform commits a batch so that it can tell afterwards whether it did.
# - `platform/stack/servers/polaris.py`: your exercises 2 and 3, as the platform does them at every start.
# - [Iceberg's table spec](https://iceberg.apache.org/spec/), [pyiceberg](https://py.iceberg.apache.org/api/),
#   [Trino's Iceberg connector](https://trino.io/docs/current/connector/iceberg.html),
#   [Polaris](https://polaris.apache.org/)
#
# The table stays; run any cell again. `lakehouse down` stops the platform and keeps its data.

# %%
lab.progress()
