-- SPDX-License-Identifier: Apache-2.0
-- Each delivery that comes forgets the old ones: they are found without reading the others.

CREATE INDEX delivery_by_age ON delivery (received_at);
