{{/* Labels of an object: (dict "root" $ "component" NAME "role" ROLE); the role is for what has several kinds of pods. */}}
{{- define "lakehouse.labels" -}}
{{ include "lakehouse.selector" . }}
app.kubernetes.io/part-of: lakehouse
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* Labels that find its pods. They never change: a Deployment's selector cannot. */}}
{{- define "lakehouse.selector" -}}
app.kubernetes.io/component: {{ .component }}
{{- with .role }}
lakehouse/role: {{ . }}
{{- end }}
{{- end }}

{{/* What every pod has: (dict "root" $ "component" NAME "uid" NUMBER). Fits the namespace's level `restricted`. */}}
{{- define "lakehouse.pod" -}}
serviceAccountName: {{ .component }}
automountServiceAccountToken: false
# Otherwise each Service puts variables such as TRINO_PORT=tcp://… into every pod, where our settings read TRINO_PORT.
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .uid }}
  runAsGroup: {{ .uid }}
  fsGroup: {{ .uid }}
  # A large volume is not gone through at each start.
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every container has: (dict "root" $ "image" KEY "readOnly" BOOL). */}}
{{- define "lakehouse.container" -}}
image: {{ index .root.Values.images .image }}
imagePullPolicy: {{ .root.Values.imagePullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: {{ .readOnly | default false }}
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Memory is given and limited alike, so that no pod is evicted for a neighbour; processor time is not limited. */}}
{{- define "lakehouse.resources" -}}
resources:
  requests: { cpu: {{ .cpu }}, memory: {{ .memory }} }
  limits: { memory: {{ .memory }} }
{{- end }}

{{/* Probes by HTTP: (dict "path" PATH "port" NAME). A start may take five minutes; later ten failures end it. */}}
{{- define "lakehouse.httpProbes" -}}
startupProbe: { httpGet: { path: {{ .path }}, port: {{ .port }} }, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 60 }
readinessProbe: { httpGet: { path: {{ .path }}, port: {{ .port }} }, periodSeconds: 10, timeoutSeconds: 5 }
livenessProbe: { tcpSocket: { port: {{ .port }} }, periodSeconds: 10, failureThreshold: 10 }
{{- end }}

{{/* The same by a command: (dict "command" LIST). It costs a process, so it is asked less often once it has started. */}}
{{- define "lakehouse.execProbes" -}}
startupProbe: { exec: { command: {{ toJson .command }} }, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 60 }
readinessProbe: { exec: { command: {{ toJson .command }} }, periodSeconds: 30, timeoutSeconds: 10 }
{{- end }}

{{/* One variable from the Secret: (dict "name" VARIABLE "key" KEY). */}}
{{- define "lakehouse.secret" -}}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: lakehouse, key: {{ .key }} } }
{{- end }}

{{/* A claim for each pod of a StatefulSet: (dict "root" $ "size" SIZE). */}}
{{- define "lakehouse.claim" -}}
volumeClaimTemplates:
  - metadata: { name: data }
    spec:
      accessModes: [ReadWriteOnce]
      {{- with .root.Values.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources: { requests: { storage: {{ .size }} } }
{{- end }}

{{/* Copies on different nodes where there are several: (dict "component" NAME "role" ROLE). */}}
{{- define "lakehouse.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: {{ include "lakehouse.selector" . | fromYaml | toJson }} }
{{- end }}
