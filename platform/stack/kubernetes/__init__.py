"""The Kubernetes backend: the chart on a cluster, and a control plane of this machine to try it on."""
