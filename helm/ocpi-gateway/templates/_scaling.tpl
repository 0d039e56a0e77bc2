{{/* HPA and PDB of one application; takes {root, app, values} */}}
{{- define "ocpi-gateway.autoscaler" -}}
{{- with .values.autoscaling }}
{{- if .enabled }}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "ocpi-gateway.fullname" $.root }}-{{ $.app }}
  labels:
    {{- include "ocpi-gateway.labels" $.root | nindent 4 }}
    app.kubernetes.io/component: {{ $.app }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: {{ include "ocpi-gateway.fullname" $.root }}-{{ $.app }}
  minReplicas: {{ .minReplicas }}
  maxReplicas: {{ .maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ .targetCpuPercent }}
  behavior:
    # Each pod that comes or goes makes feeds and partitions change hands.
    scaleDown:
      stabilizationWindowSeconds: 300
      policies:
        - { type: Pods, value: 1, periodSeconds: 60 }
{{- end }}
{{- end }}
{{- end }}

{{- define "ocpi-gateway.disruptionBudget" -}}
{{- with .values.podDisruptionBudget }}
{{- if .enabled }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "ocpi-gateway.fullname" $.root }}-{{ $.app }}
  labels:
    {{- include "ocpi-gateway.labels" $.root | nindent 4 }}
    app.kubernetes.io/component: {{ $.app }}
spec:
  maxUnavailable: {{ .maxUnavailable }}
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "ocpi-gateway.selectorLabels" $.root | nindent 6 }}
      app.kubernetes.io/component: {{ $.app }}
{{- end }}
{{- end }}
{{- end }}
