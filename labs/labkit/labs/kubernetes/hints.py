"""The hints of this lab: each ladder leads from a question to nearly the code."""

from typing import Final

RECEIVERS: Final = (
    "A selector is a filter. What must a pod's labels have for each pair of it, and what may they have besides?",
    (
        "Then two more reasons not to be sent anything: a pod that is not ready says so in `status.conditions`, one "
        "that is going has `metadata.deletionTimestamp`. And a Service without a selector finds nobody by itself."
    ),
    (
        "`selector.items() <= pod['metadata']['labels'].items()` compares the pairs; ready is "
        "`any(c['type'] == 'Ready' and c['status'] == 'True' for c in pod['status'].get('conditions', []))`."
    ),
)
MEND: Final = (
    "Put the Service's selector beside the labels of the Deployment's pods. Which pairs differ, which are too many?",
    (
        "A merge patch leaves alone what it does not name, and `None` removes. Which labels of the pods stay the same "
        "at every release? The Deployment's own selector knows. And what is the container's port called?"
    ),
    (
        "`selector = {**dict.fromkeys(service['spec']['selector']), **deployment['spec']['selector']['matchLabels']}`; "
        "then `{'spec': {'selector': selector, 'ports': [{'port': …, 'targetPort': …}]}}`."
    ),
)
ISOLATE: Final = (
    "Who counts this pod as theirs, and by what? The Deployment by some labels, the Service by some.",
    (
        "A pod that no longer carries a label of the selector is let go, and replaced. So which labels must go so that "
        "both let go of it? `None` removes a label."
    ),
    "`dict.fromkeys(…)` makes a patch that removes; the labels are those of both selectors together.",
)
ROOM: Final = (
    "A quota is several limits at once. Which of them is full first?",
    (
        "For each: what is left is `hard - used`; what a pod takes is the sum over its containers. `limits.memory` "
        "is `container['resources']['limits']['memory']`, and each pod takes one of `pods`."
    ),
    "`min((quantity(hard[name]) - quantity(used[name])) // takes[name] for name in hard)`, as an `int`.",
)
TURNED_UP: Final = (
    "Where in `platform/kubernetes/values-laptop.yaml` do the two numbers stand? Yours stand at the same place.",
    (
        "Values are nested as in the file: a dict in a dict. A dot in a key is a part of its name, and Helm passes "
        "over names that no template asks for."
    ),
    "`{'trino': {'workers': {'replicas': …}}, 'services': {'normalizer': {'replicas': …}}}`, and nothing else.",
)
