# Every target is one line over the `lakehouse` command. `make help` is made from the comments behind `##`.
# PORT_OFFSET=N moves every port; PYTHON=python3.12 chooses the interpreter; STRICT=1 fails on parts that could not run.

PYTHON ?= python3
BIN := .venv/bin
OFFSET := $(if $(PORT_OFFSET),--port-offset $(PORT_OFFSET))
.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  \033[36m%-20s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: ## make .venv from the locks (every other target does it when needed)
	@$(PYTHON) platform/bootstrap.py

.PHONY: lab
lab: install ## start the platform and open JupyterLab
	@$(BIN)/lakehouse lab $(OFFSET)

.PHONY: course
course: install ## run every lab headlessly, unsolved then solved, and write a report
	@$(BIN)/lakehouse course $(OFFSET)

.PHONY: test
test: install ## lint, types, and all tests on the real servers, the solved notebooks included
	@$(BIN)/lakehouse test

.PHONY: bench
bench: install ## measure the services against their references: make bench, or make bench NAME=normalizer
	@$(BIN)/lakehouse bench $(NAME)

.PHONY: up
up: install ## start the servers
	@$(BIN)/lakehouse up $(OFFSET)

.PHONY: down
down: install ## stop everything
	@$(BIN)/lakehouse down

.PHONY: status
status: install ## show what is running
	@$(BIN)/lakehouse status

.PHONY: logs
logs: install ## show the log of one server: make logs NAME=kafka
	@$(BIN)/lakehouse logs $(or $(NAME),gateway)

.PHONY: reset
reset: install ## delete this clone's data (asks first)
	@$(BIN)/lakehouse reset

.PHONY: doctor
doctor: install ## check that this machine can run the course
	@$(BIN)/lakehouse doctor $(OFFSET)

.PHONY: pipeline-up
pipeline-up: install ## start the servers and the payment services
	@$(BIN)/lakehouse pipeline up $(OFFSET)

.PHONY: pipeline-down
pipeline-down: install ## stop the payment services
	@$(BIN)/lakehouse pipeline down

.PHONY: orchestrator-up
orchestrator-up: install ## start the orchestrator and what it needs
	@$(BIN)/lakehouse up --only orchestrator $(OFFSET)

.PHONY: gateway-simulator
gateway-simulator: install ## send signed events through the gateway: make gateway-simulator EVENTS=500 SEED=7
	@$(BIN)/python -m services.simulator live --events $(or $(EVENTS),500) --seed $(or $(SEED),7)

.PHONY: history
history: install ## load a simulated past of one million events into bronze: make history EVENTS=1000000 SEED=7
	@$(BIN)/python -m services.simulator history --events $(or $(EVENTS),1000000) --seed $(or $(SEED),7)

.PHONY: features
features: install ## build the features from the marts and bring the online store to the present
	@$(BIN)/python -m services.features build && $(BIN)/python -m services.features materialize

.PHONY: train
train: install ## train fraud, churn and retry from the marts, and register them as challengers: the truth is that of EVENTS=1000000 SEED=7
	@$(BIN)/lakehouse up --only mlflow && TRAINING_HISTORY_EVENTS=$(or $(EVENTS),1000000) TRAINING_HISTORY_SEED=$(or $(SEED),7) $(BIN)/python -m services.training

.PHONY: batch
batch: install ## load bronze into Iceberg and build the marts
	@$(BIN)/python -m services.ingestion

.PHONY: reconcile
reconcile: install ## compare every stage: what was accepted, what arrived where
	@$(BIN)/lakehouse reconcile

.PHONY: labs
labs: install ## generate the labs from their sources and run the solved ones: make labs, or make labs NAME=03_normalizer
	@$(BIN)/lakehouse pipeline up && $(BIN)/python -m labkit.build --execute $(NAME)

.PHONY: check
check: install ## check kubectl, helm and the cluster
	@$(BIN)/lakehouse cluster check

.PHONY: setup
setup: install ## prepare the cluster: the namespace and its rules
	@$(BIN)/lakehouse cluster setup

.PHONY: deploy
deploy: install ## install the chart on the cluster, or bring it up to date: make deploy SIZE=team
	@$(BIN)/lakehouse cluster deploy --size $(or $(SIZE),laptop)

.PHONY: destroy
destroy: install ## delete everything from the cluster (asks first; YES=1 does not)
	@$(BIN)/lakehouse cluster destroy $(if $(filter 1,$(YES)),--yes)

.PHONY: port-forward-start
port-forward-start: install ## bring the cluster's servers to the ports of this machine
	@$(BIN)/lakehouse cluster port-forward-start

.PHONY: port-forward-stop
port-forward-stop: install ## stop that
	@$(BIN)/lakehouse cluster port-forward-stop

.PHONY: port-forward-status
port-forward-status: install ## show what is forwarded
	@$(BIN)/lakehouse cluster port-forward-status

.PHONY: polaris-status
polaris-status: install ## show Polaris's pods
	@$(BIN)/lakehouse cluster polaris-status

.PHONY: polaris-logs
polaris-logs: install ## show Polaris's log on the cluster
	@$(BIN)/lakehouse cluster polaris-logs

.PHONY: test-kubernetes
test-kubernetes: install ## the chart on a real control plane of this machine, built with Go the first time
	@$(BIN)/lakehouse cluster install && $(BIN)/python -m pytest -q -p no:cacheprovider -m kubernetes tests

.PHONY: format
format: install ## format and mend the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

.PHONY: lock
lock: install ## resolve the dependencies again
	@$(PYTHON) platform/bootstrap.py --lock
