SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.access_keys (
    id character varying(12) NOT NULL,
    name character varying(64) NOT NULL,
    scope character varying(12) NOT NULL,
    digest character varying(64) NOT NULL,
    created character varying(32) NOT NULL,
    expires character varying(32) NOT NULL,
    revoked character varying(32)
);
CREATE TABLE public.access_sessions (
    digest character varying(64) NOT NULL,
    key character varying(12) NOT NULL,
    expires character varying(32) NOT NULL
);
CREATE TABLE public.answers (
    key character varying(200) NOT NULL,
    request character varying(64) NOT NULL,
    status integer,
    body bytea,
    created character varying(32) NOT NULL
);
CREATE TABLE public.campaigns (
    name character varying(64) NOT NULL,
    state text NOT NULL,
    changed character varying(32) NOT NULL
);
CREATE TABLE public.executors (
    id character varying(40) NOT NULL,
    kind character varying(12) NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    since character varying(32) NOT NULL
);
CREATE TABLE public.jobs (
    id character varying(40) NOT NULL,
    kind character varying(20) NOT NULL,
    state character varying(12) NOT NULL,
    progress double precision NOT NULL,
    step text NOT NULL,
    name text NOT NULL,
    told text NOT NULL,
    rows integer,
    models text NOT NULL,
    error text NOT NULL,
    created character varying(32) NOT NULL,
    started character varying(32),
    finished character varying(32)
);
CREATE TABLE public.owners (
    kind character varying(12) NOT NULL,
    name character varying(64) NOT NULL,
    owner character varying(64) NOT NULL
);
CREATE TABLE public.turns (
    job character varying(40) NOT NULL,
    queue character varying(12) NOT NULL,
    owner character varying(64) NOT NULL,
    starts integer NOT NULL,
    ends integer NOT NULL,
    bytes bigint NOT NULL
);
CREATE TABLE public.vitrion_revision (
    version_num character varying(32) NOT NULL
);
INSERT INTO public.access_keys VALUES ('5963807734bb', 'anna', 'researcher', 'eb22e73a9c3f5fb8f1c350f4316ee9766a57dea309268a721b57b8392d7c776f', '2026-11-30T23:45:28.320+00:00', '2027-11-30T23:45:28.320+00:00', NULL);
INSERT INTO public.campaigns VALUES ('laco', '{
 "kind": "vitrion campaign",
 "format": 1,
 "name": "laco",
 "created": "2026-11-30T23:39:19+00:00",
 "candidates": {"template": "LiAlCl{4-2x}O{x}", "variables": {"x": "0:1.5:0.05"}},
 "goal": {"conductivity_S_cm": 0.001, "tg_C": 25.0, "forbidden": [], "minimum_verdict": "outside", "max_cost_usd_per_kg": null, "required": [], "explore": 1.0, "weights": {}, "limits": {}, "flags": {"forbid": ["radioactive", "gas"]}},
 "batch": 4,
 "temperature_C": 25.0,
 "seed": 0,
 "events": [
  {"event": 1, "kind": "proposed", "at": "2026-11-30T23:41:46+00:00", "proposals": [{"formula": "LiAlCl2.5O0.75", "x": 0.75, "reason": "reference sample: 1.52 mS/cm at 30 °C (glass) and Tg −16.8 °C measured elsewhere (10.1038/s41560-023-01356-y); yours tells how your samples compare", "rank": 1, "p_goal": 0.5272316591724951, "conductivity_S_cm": 0.0011758886142959697, "conductivity_low_S_cm": 5.347865736529416e-05, "conductivity_high_S_cm": 0.008893651526405715, "tg_C": -0.40764850366548444, "tg_low_C": -65.63068810397596, "tg_high_C": 70.28257377044241, "verdict": "inside", "tg_verdict": "measured", "conductivity_verdict": "measured", "nearest": "LiAlCl2.5O0.75", "nearest_distance": 0.0, "nearest_doi": "10.1038/s41560-023-01356-y", "measured_conductivity_S_cm": 0.00152, "measured_temperature_C": 30.0, "measured_phase": "glass", "measured_tg_C": -16.8, "measured_doi": "10.1038/s41560-023-01356-y", "n_measured": 2, "o_to_cl": 0.3, "cost_usd_per_kg": 27.650392647823676, "cost_route": "antimony oxide", "neutral": true, "pareto": true, "flags": "", "note": "", "error": "", "input": "LiAlCl2.5O0.75"}, {"formula": "LiAlCl2.4O0.8", "x": 0.8, "reason": "looks beyond x = 0.75; expected 1.2 mS/cm and Tg 10 °C, 45 % to meet the goal; tells of x = 0.7 to 0.95", "rank": 3, "p_goal": 0.4472323865676644, "conductivity_S_cm": 0.0012377761235581727, "conductivity_low_S_cm": 3.502864097975671e-05, "conductivity_high_S_cm": 0.012754738434720369, "tg_C": 10.330809340079213, "tg_low_C": -79.83471816758521, "tg_high_C": 108.05427055927464, "verdict": "inside", "tg_verdict": "inside", "conductivity_verdict": "inside", "nearest": "LiAlCl2.5O0.75", "nearest_distance": 0.44038582842738716, "nearest_doi": "10.1038/s41560-023-01356-y", "measured_conductivity_S_cm": null, "measured_temperature_C": null, "measured_phase": "", "measured_tg_C": null, "measured_doi": "", "n_measured": 0, "o_to_cl": 0.3333333333333333, "cost_usd_per_kg": 29.923404444911363, "cost_route": "antimony oxide", "neutral": true, "pareto": true, "flags": "", "note": "", "error": "", "input": "LiAlCl2.4O0.8"}, {"formula": "LiAlCl2.6O0.7", "x": 0.7, "reason": "highest chance of this batch; expected 0.98 mS/cm and Tg −6 °C, 47 % to meet the goal; tells of x = 0.45 to 0.75", "rank": 2, "p_goal": 0.4690311340492663, "conductivity_S_cm": 0.0009841232383199314, "conductivity_low_S_cm": 2.5645377778831237e-05, "conductivity_high_S_cm": 0.010767599491062802, "tg_C": -6.36005027073071, "tg_low_C": -98.99090531401549, "tg_high_C": 94.03538932511572, "verdict": "inside", "tg_verdict": "inside", "conductivity_verdict": "inside", "nearest": "LiAlCl2.5O0.75", "nearest_distance": 0.4531457562281771, "nearest_doi": "10.1038/s41560-023-01356-y", "measured_conductivity_S_cm": null, "measured_temperature_C": null, "measured_phase": "", "measured_tg_C": null, "measured_doi": "", "n_measured": 0, "o_to_cl": 0.2692307692307692, "cost_usd_per_kg": 25.46827919270919, "cost_route": "antimony oxide", "neutral": true, "pareto": true, "flags": "", "note": "", "error": "", "input": "LiAlCl2.6O0.7"}, {"formula": "LiAlCl2.3O0.85", "x": 0.85, "reason": "looks beyond x = 0.8; expected 1.1 mS/cm and Tg 23 °C, 35 % to meet the goal; tells of x = 0.8 to 1.05", "rank": 4, "p_goal": 0.35345559371026763, "conductivity_S_cm": 0.0010595250050937652, "conductivity_low_S_cm": 2.2478930152947036e-05, "conductivity_high_S_cm": 0.013239597908186771, "tg_C": 22.551571723371183, "tg_low_C": -76.26288959524817, "tg_high_C": 129.64894524835768, "verdict": "edge", "tg_verdict": "edge", "conductivity_verdict": "inside", "nearest": "LiAlCl2.5O0.75", "nearest_distance": 1.3965045694417189, "nearest_doi": "10.1038/s41560-023-01356-y", "measured_conductivity_S_cm": null, "measured_temperature_C": null, "measured_phase": "", "measured_tg_C": null, "measured_doi": "", "n_measured": 0, "o_to_cl": 0.3695652173913043, "cost_usd_per_kg": 32.29311510347938, "cost_route": "antimony oxide", "neutral": true, "pareto": false, "flags": "", "note": "Tg edge, conductivity inside", "error": "", "input": "LiAlCl2.3O0.85"}], "seed": 2968811710, "stop": "", "models": {"conductivity": 1, "tg": 1}},
  {"event": 2, "kind": "measured", "at": "2026-11-30T23:42:58+00:00", "formula": "LiAlCl2.5O0.75", "values": {"conductivity_S_cm": 0.00152, "temperature_C": 30.0, "tg_C": -16.8, "phase": "glass"}},
  {"event": 3, "kind": "failed", "at": "2026-11-30T23:43:20+00:00", "formula": "LiAlCl2.6O0.7", "values": {"outcome": "no glass formed"}},
  {"event": 4, "kind": "proposed", "at": "2026-11-30T23:44:03+00:00", "proposals": [{"formula": "LiAlCl3O0.5", "x": 0.5, "reason": "looks beyond x = 0.7; expected 0.45 mS/cm and Tg −35 °C, 27 % to meet the goal; tells of x = 0 to 0.7", "rank": 2, "p_goal": 0.26804677004373556, "conductivity_S_cm": 0.0004492319906248538, "conductivity_low_S_cm": 2.5363492854214174e-05, "conductivity_high_S_cm": 0.00731729420238643, "tg_C": -35.35225565936696, "tg_low_C": -143.15, "tg_high_C": 82.96327241680785, "verdict": "outside", "tg_verdict": "outside", "conductivity_verdict": "edge", "nearest": "NaAlCl2.5O0.75", "nearest_distance": 4.7246047569634975, "nearest_doi": "10.1038/s41560-023-01356-y", "measured_conductivity_S_cm": null, "measured_temperature_C": null, "measured_phase": "", "measured_tg_C": null, "measured_doi": "", "n_measured": 0, "o_to_cl": 0.16666666666666669, "cost_usd_per_kg": 17.547833396501677, "cost_route": "antimony oxide", "neutral": true, "pareto": true, "flags": "", "note": "own synthesis of LiAlCl2.6O0.7: no glass formed (p_goal × 0.94); Tg outside, conductivity edge", "error": "", "input": "LiAlCl3O0.5"}, {"formula": "LiAlCl2.2O0.9", "x": 0.9, "reason": "highest chance of this batch; expected 0.91 mS/cm and Tg 14 °C, 31 % to meet the goal; tells of x = 0.85 to 1.2", "rank": 1, "p_goal": 0.30656204343161664, "conductivity_S_cm": 0.0009111983299836099, "conductivity_low_S_cm": 9.822131399169687e-05, "conductivity_high_S_cm": 0.005169285311943537, "tg_C": 14.358208611373982, "tg_low_C": -63.95163518095248, "tg_high_C": 97.39585438870165, "verdict": "edge", "tg_verdict": "edge", "conductivity_verdict": "inside", "nearest": "LiAlCl2.5O0.75", "nearest_distance": 2.0192906523257492, "nearest_doi": "10.1038/s41560-023-01356-y", "measured_conductivity_S_cm": null, "measured_temperature_C": null, "measured_phase": "", "measured_tg_C": null, "measured_doi": "", "n_measured": 0, "o_to_cl": 0.4090909090909091, "cost_usd_per_kg": 34.765829402594235, "cost_route": "antimony oxide", "neutral": true, "pareto": true, "flags": "", "note": "own synthesis of LiAlCl2.6O0.7: no glass formed (p_goal × 0.98); Tg edge, conductivity inside", "error": "", "input": "LiAlCl2.2O0.9"}, {"formula": "LiAlCl2.7O0.65", "x": 0.65, "reason": "fills the gap between x = 0.5 and 0.7; expected 0.85 mS/cm and Tg −29 °C, 26 % to meet the goal; tells of x = 0.55 to 0.75", "rank": 3, "p_goal": 0.26218822001748104, "conductivity_S_cm": 0.0008468244619614602, "conductivity_low_S_cm": 0.00010353706102171025, "conductivity_high_S_cm": 0.004924642140828089, "tg_C": -29.288096828595144, "tg_low_C": -108.5144288701674, "tg_high_C": 54.04577070857772, "verdict": "edge", "tg_verdict": "edge", "conductivity_verdict": "inside", "nearest": "LiAlCl2.5O0.75", "nearest_distance": 1.6461460739350693, "nearest_doi": "lab", "measured_conductivity_S_cm": null, "measured_temperature_C": null, "measured_phase": "", "measured_tg_C": null, "measured_doi": "", "n_measured": 0, "o_to_cl": 0.24074074074074076, "cost_usd_per_kg": 23.371718394205576, "cost_route": "antimony oxide", "neutral": true, "pareto": true, "flags": "", "note": "own synthesis of LiAlCl2.6O0.7: no glass formed (p_goal × 0.66); Tg edge, conductivity inside", "error": "", "input": "LiAlCl2.7O0.65"}, {"formula": "LiAlCl2.1O0.95", "x": 0.95, "reason": "looks beyond x = 0.9; expected 0.74 mS/cm and Tg 26 °C, 21 % to meet the goal; tells of x = 0.9 to 1.3", "rank": 4, "p_goal": 0.21408089639358316, "conductivity_S_cm": 0.000742144403627875, "conductivity_low_S_cm": 9.029046443043269e-05, "conductivity_high_S_cm": 0.004641364010804638, "tg_C": 25.616116854679206, "tg_low_C": -63.36379645355959, "tg_high_C": 120.61108566294831, "verdict": "outside", "tg_verdict": "outside", "conductivity_verdict": "inside", "nearest": "LiAlCl2.5O0.75", "nearest_distance": 2.6002935715816045, "nearest_doi": "10.1038/s41560-023-01356-y", "measured_conductivity_S_cm": null, "measured_temperature_C": null, "measured_phase": "", "measured_tg_C": null, "measured_doi": "", "n_measured": 0, "o_to_cl": 0.4523809523809524, "cost_usd_per_kg": 37.34841239456955, "cost_route": "antimony oxide", "neutral": true, "pareto": false, "flags": "licl_expected", "note": "Tg outside, conductivity inside", "error": "", "input": "LiAlCl2.1O0.95"}], "seed": 3964924996, "stop": "the goal is met by LiAlCl2.5O0.75", "models": {"conductivity": 1, "tg": 1}}
 ]
}
', '2026-11-30T23:44:03.921+00:00');
INSERT INTO public.vitrion_revision VALUES ('0004');
ALTER TABLE ONLY public.access_keys
    ADD CONSTRAINT access_keys_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.access_sessions
    ADD CONSTRAINT access_sessions_pkey PRIMARY KEY (digest);
ALTER TABLE ONLY public.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (name);
ALTER TABLE ONLY public.executors
    ADD CONSTRAINT executors_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.jobs
    ADD CONSTRAINT jobs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.owners
    ADD CONSTRAINT owners_pkey PRIMARY KEY (kind, name);
ALTER TABLE ONLY public.turns
    ADD CONSTRAINT turns_pkey PRIMARY KEY (job);
ALTER TABLE ONLY public.vitrion_revision
    ADD CONSTRAINT vitrion_revision_pkc PRIMARY KEY (version_num);
CREATE INDEX ix_access_keys_name ON public.access_keys USING btree (name);
CREATE INDEX ix_access_sessions_key ON public.access_sessions USING btree (key);
CREATE INDEX ix_jobs_created ON public.jobs USING btree (created);
CREATE INDEX ix_jobs_state ON public.jobs USING btree (state);
CREATE INDEX ix_owners_owner ON public.owners USING btree (owner);
CREATE INDEX ix_turns_owner ON public.turns USING btree (owner);
