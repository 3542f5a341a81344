-- Run once, on an empty volume, in the database `payments` that the image itself makes from POSTGRES_DB.
CREATE DATABASE polaris;
CREATE DATABASE dagster;
CREATE DATABASE mlflow;
CREATE DATABASE temporal;
CREATE DATABASE temporal_visibility;
