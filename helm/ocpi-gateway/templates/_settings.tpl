{{/* Secrets as files: a JSON list of {setting, secret, key}. A file is named after its setting. */}}
{{- define "ocpi-gateway.secretFiles.database" -}}
{{- list (dict "setting" "DATABASE_URL" "secret" (required "database.existingSecret is required" .Values.database.existingSecret) "key" .Values.database.urlKey) | toJson }}
{{- end }}

{{- define "ocpi-gateway.secretFiles.kafka" -}}
{{- $files := list }}
{{- with .Values.kafka.sasl }}
{{- if .mechanism }}
{{- $files = append $files (dict "setting" "KAFKA_SASL_PASSWORD" "secret" (required "kafka.sasl.existingSecret is required with a mechanism" .existingSecret) "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- with .Values.kafka.clientTls }}
{{- if .existingSecret }}
{{- $files = concat $files (list
      (dict "setting" "KAFKA_SSL_CERTIFICATE" "secret" .existingSecret "key" .certificateKey)
      (dict "setting" "KAFKA_SSL_KEY" "secret" .existingSecret "key" .privateKeyKey)) }}
{{- end }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{- define "ocpi-gateway.secretFiles.all" -}}
{{- $keys := required "keys.existingSecret is required" .Values.keys.existingSecret }}
{{- $files := concat
      (include "ocpi-gateway.secretFiles.database" . | fromJsonArray)
      (list
        (dict "setting" "OCPI_ADMIN_KEY" "secret" $keys "key" .Values.keys.adminKey)
        (dict "setting" "OCPI_ENCRYPTION_KEY" "secret" $keys "key" .Values.keys.encryptionKey))
      (include "ocpi-gateway.secretFiles.kafka" . | fromJsonArray) }}
{{- with .Values.partnerTls }}
{{- if .existingSecret }}
{{- $files = concat $files (list
      (dict "setting" "OCPI_PARTNER_CERTIFICATE" "secret" .existingSecret "key" .certificateKey)
      (dict "setting" "OCPI_PARTNER_KEY" "secret" .existingSecret "key" .privateKeyKey)) }}
{{- end }}
{{- end }}
{{- range .Values.secretSettings }}
{{- $files = append $files (dict "setting" .setting "secret" .existingSecret "key" .key) }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{/* Beside those, of the application that listens to partners */}}
{{- define "ocpi-gateway.secretFiles.public" -}}
{{- $files := list }}
{{- with .Values.publicTls }}
{{- if .existingSecret }}
{{- $files = concat $files (list
      (dict "setting" "OCPI_TLS_CERTIFICATE" "secret" .existingSecret "key" .certificateKey)
      (dict "setting" "OCPI_TLS_KEY" "secret" .existingSecret "key" .privateKeyKey)) }}
{{- if ne .clientCertificates "off" }}
{{- $files = append $files (dict "setting" "OCPI_TLS_CLIENT_CA" "secret" .existingSecret "key" .clientCaKey) }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $files }}
{{- end }}

{{- define "ocpi-gateway.publicEnv" -}}
{{- if ne .Values.publicTls.clientCertificates "off" }}
- name: OCPI_TLS_CLIENT_CERTIFICATES
  value: {{ .Values.publicTls.clientCertificates }}
{{- end }}
{{- end }}

{{/* env of secret files; takes the list */}}
{{- define "ocpi-gateway.secretEnv" -}}
{{- range . }}
- name: {{ .setting }}_FILE
  value: /run/secrets/ocpi-gateway/{{ .setting }}
{{- end }}
{{- end }}

{{/* volumes of a pod; takes {root, files} */}}
{{- define "ocpi-gateway.volumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- if .files }}
- name: secrets
  projected:
    defaultMode: 288 # 0440
    sources:
      {{- range .files }}
      - secret:
          name: {{ .secret }}
          items:
            - key: {{ .key }}
              path: {{ .setting }}
      {{- end }}
{{- end }}
{{- with .root.Values.trustedCertificates }}
{{- if or .existingConfigMap .existingSecret }}
- name: trusted-certificates
  projected:
    sources:
      {{- if .existingConfigMap }}
      - configMap:
          name: {{ .existingConfigMap }}
          items: [{ key: {{ .key }}, path: ca.crt }]
      {{- else }}
      - secret:
          name: {{ .existingSecret }}
          items: [{ key: {{ .key }}, path: ca.crt }]
      {{- end }}
{{- end }}
{{- end }}
{{- with .root.Values.pods.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* volumeMounts of a container; takes {root, files} */}}
{{- define "ocpi-gateway.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .files }}
- name: secrets
  mountPath: /run/secrets/ocpi-gateway
  readOnly: true
{{- end }}
{{- with .root.Values.trustedCertificates }}
{{- if or .existingConfigMap .existingSecret }}
- name: trusted-certificates
  mountPath: /etc/ocpi-gateway/trusted
  readOnly: true
{{- end }}
{{- end }}
{{- with .root.Values.pods.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* env that every container of the chart has */}}
{{- define "ocpi-gateway.commonEnv" -}}
{{- with .Values.trustedCertificates }}
{{- if or .existingConfigMap .existingSecret }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/ocpi-gateway/trusted/ca.crt
{{- end }}
{{- end }}
{{- with .Values.pods.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "ocpi-gateway.kafkaEnv" -}}
{{- with .Values.kafka }}
{{- if .brokers }}
- name: KAFKA_BROKERS
  value: {{ join "," .brokers | quote }}
- name: KAFKA_SSL
  value: {{ .tls | quote }}
- name: OCPI_KAFKA_TOPIC_PREFIX
  value: {{ .topicPrefix | quote }}
{{- if .sasl.mechanism }}
- name: KAFKA_SASL_MECHANISM
  value: {{ .sasl.mechanism }}
- name: KAFKA_SASL_USERNAME
  value: {{ required "kafka.sasl.username is required with a mechanism" .sasl.username | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Settings stand in the pods themselves: whatever changes replaces pods, and a rollback brings back what they had. */}}
{{- define "ocpi-gateway.settingsEnv" -}}
- name: OCPI_PUBLIC_URL
  value: {{ required "publicUrl is required" .Values.publicUrl | quote }}
- name: DATABASE_POOL_SIZE
  value: {{ .Values.database.poolSize | quote }}
- name: OCPI_SHUTDOWN_DELAY_SECONDS
  value: {{ .Values.shutdown.delaySeconds | quote }}
- name: OCPI_DRAIN_SECONDS
  value: {{ .Values.shutdown.drainSeconds | quote }}
{{- with .Values.partnerUrlAllowlist }}
- name: OCPI_PARTNER_URL_ALLOWLIST
  value: {{ join "," . | quote }}
{{- end }}
{{- include "ocpi-gateway.kafkaEnv" . }}
{{- if .Values.kafka.brokers }}
- name: KAFKA_GROUP_ID
  value: {{ .Values.kafka.groupId | quote }}
{{- end }}
{{- /* Helm reads every number as a float; as JSON 10485760 stays what it is, and so does 0.05. */}}
{{- range $name, $value := .Values.settings }}
- name: {{ $name }}
  value: {{ if kindIs "float64" $value }}{{ $value | toJson | quote }}{{ else }}{{ $value | toString | quote }}{{ end }}
{{- end }}
{{- end }}
