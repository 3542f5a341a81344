# %% [markdown]
# # Lab 15 · Kubernetes: the platform on a cluster
#
# **Objective.** At the end you have put the whole platform onto a cluster, can say what each object is for, and have
# broken and mended the three things that most often keep a cluster from doing what it says: a selector, a label, a
# quota.

# %%
import labkit
from labkit.labs.kubernetes import breaking, practice, scaling, showing

lab = labkit.start("15")

# %% [markdown]
# ## Story
#
# The café's platform has run on one machine all through the course. Now a second team wants it, and on a Monday
# morning the one machine is too small. `compose.yaml` can start everything, but on one machine only, and nobody looks
# after it at night. A cluster takes the same containers, decides which machine runs which, and *keeps it so*: that is
# the whole difference. You do not tell it what to do, you tell it what shall be, and a dozen small loops work on it
# for ever.
#
# ```mermaid
# flowchart LR
#   you["helm, kubectl"] -- "what shall be" --> A["API server"]
#   A <--> E[("etcd")]
#   C["controllers:<br/>Deployment, Service, Quota, …"] -- watch, correct --> A
#   S["scheduler"] -- "this pod on that node" --> A
#   K["kubelets on the nodes"] -- "run it, probe it" --> A
# ```
#
# **What is real here.** The API server, etcd, the controllers and the scheduler are Kubernetes' own programs. The
# nodes are [kwok](https://kwok.sigs.k8s.io/)'s, a stage set: a pod that is scheduled counts as running at once, and
# no program runs, no probe is asked. Everything in this lab happens before a container starts, which is where most
# faults are.

# %%
practice.start()
practice.kubectl("get nodes")

# %% [markdown]
# In a terminal you get such a cluster with `lakehouse cluster practice`, until you press Ctrl-C; on one of your own,
# everything below works the same.
#
# ## From compose to the cluster
#
# | one line in `compose.yaml` | becomes | because |
# | --- | --- | --- |
# | `image`, `command`, `mem_limit` | a **Pod**, made by a **Deployment** | a pod is mortal: who makes the next one? |
# | `volumes:` of a store | **PersistentVolumeClaim**, **StatefulSet** | the next pod must find the same disk and name |
# | the service's name | a **Service** and its **EndpointSlices** | pods come and go, the name stays |
# | `environment:` | a **ConfigMap**, and a **Secret** for passwords | the same image everywhere |
# | `depends_on: … completed_successfully` | a **Job** that tries until it succeeds | nothing starts "before" here |
# | `healthcheck:` | three **probes** | started? may it get requests? is it stuck? |
# | nothing | **NetworkPolicy**, **ServiceAccount**, **PodDisruptionBudget** | the neighbours are strangers now |
#
# **Predict.** The platform is six servers, MLflow, and our services. How many objects will that be?

# %%
lab.platform.run("cluster", "deploy")
showing.everything()

# %% [markdown]
# All of this is the chart in `platform/kubernetes`: templates, and two files of values for two sizes. The passwords
# are in none of its files: they were made in the cluster, just now. And what runs where?

# %%
showing.workloads()

# %% [markdown]
# ## Exercise 1: who gets a request?
#
# A Service is a name and a filter. It does not know a Deployment; it knows *labels*. A controller compares its
# selector with every pod of the namespace and writes those that match into an EndpointSlice, which is what the
# network goes by. Be that controller: `service` and `pods` are the objects as `kubectl get --output=json` gives them.
#
# | where | what |
# | --- | --- |
# | `service["spec"].get("selector")` | labels that a pod must have, all of them; a Service may have no selector |
# | `pod["metadata"]["labels"]` | the labels that it has |
# | `pod["status"].get("conditions", [])` | a list of `{"type": "Ready", "status": "True", …}` and other types |
# | `pod["metadata"]` | has a `deletionTimestamp` from the moment that somebody deletes the pod |
#
# **Predict.** A pod that was never started has no condition `Ready` at all. Does it get requests?


# %%
@lab.exercise("receivers")
def receivers(service: dict, pods: list) -> set[str]:
    """Return the names of the pods that this Service sends requests to."""
    ### BEGIN SOLUTION
    selector = service["spec"].get("selector")
    if not selector:
        return set()

    def gets_some(pod: dict) -> bool:
        conditions = pod["status"].get("conditions", [])
        ready = any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)
        matches = selector.items() <= pod["metadata"]["labels"].items()
        return matches and ready and "deletionTimestamp" not in pod["metadata"]

    return {pod["metadata"]["name"] for pod in pods if gets_some(pod)}
    ### END SOLUTION


# %% [markdown]
# The check makes a small café with healthy, sick, leaving and waiting pods and four Services, and compares your
# answer with the EndpointSlices that the cluster's own controller writes.

# %%
lab.check("receivers")

# %% [markdown]
# ## What broke: a Service that is there and reaches nobody
#
# Somebody tidies up and changes a label in the gateway's Service. **Predict.** Which of these will show it: the
# Deployment, the pods, `helm status`, the events?

# %%
breaking.selector()
showing.service("gateway")

# %% [markdown]
# Nothing is red. The pods are ready, Helm is content, there is no event, and every webhook is lost. An empty
# EndpointSlice is no error: a Service may well come before its pods. So whoever suspects a Service looks there
# *first*: `kubectl get endpointslices`.
#
# ## Exercise 2: mend it
#
# The check's Service has more than one fault: a selector with a typing error and a label that nobody carries any
# more, and a port that no container has. Return a *merge patch*: a dict with only what changes. What it does not name
# stays; `None` removes. Lists are replaced whole. Afterwards the Service must send to the pods of this Deployment and
# no others, and still do so after the Deployment's next release. Clients ask it at the port that they always did.
#
# | where | what |
# | --- | --- |
# | `service["spec"]["selector"]`, `service["spec"]["ports"]` | what it asks for; `[{"port": …, "targetPort": …}]` |
# | `deployment["spec"]["selector"]["matchLabels"]` | the labels by which a Deployment knows its pods, for good |
# | `deployment["spec"]["template"]["metadata"]["labels"]` | all labels that its pods have *now* |
# | `deployment["spec"]["template"]["spec"]["containers"][0]["ports"]` | the container's ports, `name` and number |


# %%
@lab.exercise("mend")
def mend(service: dict, deployment: dict) -> dict:
    """Return the patch after which the Service sends to the pods of this Deployment, at their port."""
    ### BEGIN SOLUTION
    theirs = deployment["spec"]["selector"]["matchLabels"]
    selector = {**dict.fromkeys(service["spec"]["selector"]), **theirs}
    open_port = deployment["spec"]["template"]["spec"]["containers"][0]["ports"][0]["name"]
    ports = [{"port": service["spec"]["ports"][0]["port"], "targetPort": open_port}]
    return {"spec": {"selector": selector, "ports": ports}}
    ### END SOLUTION


# %%
lab.check("mend")

# %% [markdown]
# And now the gateway, with your patch. No pod restarts: a Service is but a line in a table.

# %%
breaking.mended(mend)
showing.service("gateway")

# %% [markdown]
# ## Exercise 3: a label as a tool
#
# One of the gateway's pods answers strangely, and nobody knows why. Delete it, and the reason is gone with it. But
# labels are the only thread that it hangs by: cut it, and the Service stops sending, the Deployment makes another
# pod, and the strange one runs on, for you to look at.
#
# Return the labels to change, as `{name: new value}`; `None` removes one. In the check, Service and Deployment ask
# for different labels.
#
# **Predict.** The Deployment wants two pods. How many will run afterwards?


# %%
@lab.exercise("isolate")
def isolate(pod: dict, service: dict, deployment: dict) -> dict:  # noqa: ARG001 - the pod is there to be looked at
    """Return the labels after whose change neither the Service nor the Deployment knows the pod any more."""
    ### BEGIN SOLUTION
    return dict.fromkeys([*service["spec"]["selector"], *deployment["spec"]["selector"]["matchLabels"]])
    ### END SOLUTION


# %%
lab.check("isolate")

# %% [markdown]
# ## A quota
#
# The cluster is shared, so the platform gets a quota: so much memory, not more.

# %%
breaking.quota("limits.memory=16Gi")

# %% [markdown]
# Then Trino is turned up to four workers, 2304 MiB each. **Predict.** How many will run, and who will say no:
# `kubectl scale`, the Deployment, the scheduler?

# %%
practice.kubectl("scale deployment/trino-worker --replicas=4 --namespace lakehouse")
showing.refused("trino-worker")

# %% [markdown]
# `scale` said "scaled": it wrote a number, and the number is there. The Deployment passed it on, and its ReplicaSet
# asked the API server for pods, one by one, until the quota was full. Pods that were never made have no log and no
# status, so this stands nowhere but in the *events*: `kubectl get events --field-selector reason=FailedCreate`.
#
# ## Exercise 4: how many fit?
#
# Know it before. `quota["status"]` has `hard` and `used`, both with the names `requests.cpu`, `limits.memory` and
# `pods`; a container says what it takes in `container["resources"]["requests"]["cpu"]` and
# `container["resources"]["limits"]["memory"]`. Kubernetes writes `250m` for a quarter of a processor and `512Mi` for
# memory; `quantity` makes a number of either.


# %%
from labkit.labs.kubernetes.room import quantity


@lab.exercise("room")
def room(quota: dict, pod: dict) -> int:
    """Return how many more pods like this one the quota lets in."""
    ### BEGIN SOLUTION
    hard, used = quota["status"]["hard"], quota["status"]["used"]
    resources = [container["resources"] for container in pod["spec"]["containers"]]
    takes = {
        "requests.cpu": sum(quantity(one["requests"]["cpu"]) for one in resources),
        "limits.memory": sum(quantity(one["limits"]["memory"]) for one in resources),
        "pods": 1,
    }
    return int(min((quantity(hard[name]) - quantity(used[name])) // takes[name] for name in takes))
    ### END SOLUTION


# %% [markdown]
# The check fills three namespaces, each short of something else, and counts whom the API server let in.

# %%
lab.check("room")

# %% [markdown]
# The mending is somebody's decision: more quota, or fewer workers. Here the cluster's owner is generous.

# %%
breaking.no_quota()
showing.wanted("trino-worker")

# %% [markdown]
# ## Exercise 5: turned up for good
#
# `kubectl scale` is for tonight. What shall be so tomorrow belongs into the values, or the next person who deploys
# will not know of it. Return values for Helm, to be laid over `platform/kubernetes/values-laptop.yaml`: this many
# Trino workers, and as many normalizers as can have work. The normalizers are one consumer group, so each partition
# of a topic has one reader among them.


# %%
@lab.exercise("turned_up")
def turned_up(workers: int, partitions: int) -> dict:
    """Return the values for so many Trino workers, and a normalizer for each partition."""
    ### BEGIN SOLUTION
    return {"trino": {"workers": {"replicas": workers}}, "services": {"normalizer": {"replicas": partitions}}}
    ### END SOLUTION


# %%
lab.check("turned_up")

# %%
scaling.upgrade(turned_up(workers=2, partitions=3))
showing.wanted("trino-worker", "normalizer")

# %% [markdown]
# **Predict.** Somebody finds that dashboards got slower, not faster. How do you go back, and to what?

# %%
scaling.back()
showing.wanted("trino-worker", "normalizer")
showing.history()

# %% [markdown]
# A release is a list of what was to be, and going back is a new entry in it. What it does not take back is data: a
# topic with more partitions, a migrated table, a volume. Those engines that keep something are turned up in their own
# way; the table "What one machine outgrows" in `platform/kubernetes/README.md` says how, and what the limit is next.
#
# **Compare with your predictions.** The cluster did nothing that you could not have done by hand. It did it without
# you, and it does it again at night.
#
# ## What broke, once more
#
# - **A selector with a typing error** is no error. Look at the EndpointSlices before you look at the network.
# - **A label that two objects share by accident** sends a Service's requests to the wrong pods. Labels are an
#   interface.
# - **A quota** refuses silently what nobody watches. `scale` answers what was written, not what became of it.
# - **A value with a slip in its name** is passed over. Render and compare before you believe: `helm template`, `helm
#   diff`.
#
# And what this cluster could not show: an image that cannot be pulled, a probe that kills what is only slow, a node
# that goes. `platform/kubernetes/README.md` has the commands for a real one.
#
# ## What to read next
#
# - `platform/kubernetes/templates/trino.yaml`, `platform/kubernetes/templates/kafka.yaml`: a Deployment that scales,
#   a StatefulSet that does not.
# - [Services and EndpointSlices](https://kubernetes.io/docs/concepts/services-networking/service/),
#   [labels](https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/),
#   [quotas](https://kubernetes.io/docs/concepts/policy/resource-quotas/), [Helm's
#   values](https://helm.sh/docs/chart_template_guide/values_files/)
#
# The cluster ends with this notebook's kernel, with everything on it.

# %%
lab.progress()
