{{/* A Deployment of one application; takes {root, app, values, ports}, ports a list of {name, port}, the last one internal */}}
{{- define "ocpi-gateway.deployment" -}}
{{- $root := .root }}
{{- $app := .app }}
{{- $values := .values }}
{{- $files := include "ocpi-gateway.secretFiles.all" $root | fromJsonArray }}
{{- $isPublic := eq $app "ocpi-api" }}
{{- if $isPublic }}
{{- $files = concat $files (include "ocpi-gateway.secretFiles.public" $root | fromJsonArray) }}
{{- end }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "ocpi-gateway.fullname" $root }}-{{ $app }}
  labels:
    {{- include "ocpi-gateway.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ $app }}
spec:
  {{- if not $values.autoscaling.enabled }}
  replicas: {{ $values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  selector:
    matchLabels:
      {{- include "ocpi-gateway.selectorLabels" $root | nindent 6 }}
      app.kubernetes.io/component: {{ $app }}
  template:
    metadata:
      labels:
        {{- include "ocpi-gateway.podLabels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $app }}
      {{- with merge (dict) $values.podAnnotations $root.Values.pods.annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "ocpi-gateway.serviceAccount" $root }}
      {{- include "ocpi-gateway.podSpec" $root | nindent 6 }}
      # Until then a process that was told to end may still be serving; see `shutdown`.
      terminationGracePeriodSeconds: {{ add $root.Values.shutdown.delaySeconds $root.Values.shutdown.drainSeconds 15 }}
      {{- with $values.affinity }}
      affinity:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.spreadOver }}
      topologySpreadConstraints:
        {{- range . }}
        - topologyKey: {{ . }}
          maxSkew: 1
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "ocpi-gateway.selectorLabels" $root | nindent 14 }}
              app.kubernetes.io/component: {{ $app }}
          matchLabelKeys: [pod-template-hash]
        {{- end }}
      {{- end }}
      containers:
        - name: {{ $app }}
          {{- include "ocpi-gateway.container" $root | nindent 10 }}
          args: [{{ $app }}]
          env:
            {{- include "ocpi-gateway.settingsEnv" $root | trim | nindent 12 }}
            {{- if $isPublic }}
            {{- with include "ocpi-gateway.publicEnv" $root | trim }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- end }}
            {{- include "ocpi-gateway.secretEnv" $files | trim | nindent 12 }}
            {{- with include "ocpi-gateway.commonEnv" $root | trim }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with $values.extraEnv }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            {{- range .ports }}
            - name: {{ .name }}
              containerPort: {{ .port }}
            {{- end }}
          # Ready for the first time: the database answers and every migration has run.
          startupProbe:
            httpGet: { path: /health/startup, port: internal }
            periodSeconds: 2
            timeoutSeconds: 5
            failureThreshold: 150
          readinessProbe:
            httpGet: { path: /health/ready, port: internal }
            periodSeconds: 5
            timeoutSeconds: 5
            failureThreshold: 2
          # The event loop alone: restarting heals no database.
          livenessProbe:
            httpGet: { path: /health/live, port: internal }
            periodSeconds: 10
            timeoutSeconds: 5
            failureThreshold: 6
          resources:
            {{- toYaml $values.resources | nindent 12 }}
          volumeMounts:
            {{- include "ocpi-gateway.volumeMounts" (dict "root" $root "files" $files) | nindent 12 }}
      volumes:
        {{- include "ocpi-gateway.volumes" (dict "root" $root "files" $files) | nindent 8 }}
{{- end }}

{{/* What every pod of the chart has */}}
{{- define "ocpi-gateway.podSpec" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- toYaml .Values.pods.securityContext | nindent 2 }}
{{- with .Values.pods.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pods.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pods.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{/* What every container of the chart has */}}
{{- define "ocpi-gateway.container" -}}
image: {{ include "ocpi-gateway.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.pods.containerSecurityContext | nindent 2 }}
{{- end }}
