{{/* A Job before install and upgrade; takes {root, program, weight, files, env, values} */}}
{{- define "ocpi-gateway.hookJob" -}}
{{- $root := .root }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "ocpi-gateway.fullname" $root }}-{{ .program }}
  labels:
    {{- include "ocpi-gateway.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .program }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: {{ .weight | quote }}
    # The last one stays, for its log.
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  backoffLimit: 3
  activeDeadlineSeconds: {{ $root.Values.migrations.activeDeadlineSeconds }}
  template:
    metadata:
      labels:
        {{- include "ocpi-gateway.podLabels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ .program }}
      {{- with $root.Values.pods.annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      restartPolicy: Never
      serviceAccountName: {{ include "ocpi-gateway.hookServiceAccount" $root }}
      {{- include "ocpi-gateway.podSpec" $root | nindent 6 }}
      containers:
        - name: {{ .program }}
          {{- include "ocpi-gateway.container" $root | nindent 10 }}
          args: [{{ .program }}]
          {{- with printf "%s\n%s\n%s" (.env | trim) (include "ocpi-gateway.secretEnv" .files | trim) (include "ocpi-gateway.commonEnv" $root | trim) | trim }}
          env:
            {{- . | nindent 12 }}
          {{- end }}
          resources:
            {{- toYaml $root.Values.migrations.resources | nindent 12 }}
          volumeMounts:
            {{- include "ocpi-gateway.volumeMounts" (dict "root" $root "files" .files) | nindent 12 }}
      volumes:
        {{- include "ocpi-gateway.volumes" (dict "root" $root "files" .files) | nindent 8 }}
{{- end }}
