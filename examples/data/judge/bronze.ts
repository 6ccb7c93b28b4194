/** The schemas of the bronze tables, as declared in the program. */
import { createReader, double, int, money, oneOf, type Reader, string, timestamp } from "./fields.ts";

const ORDER_STATUS = oneOf("OrderStatus", [
  "created",
  "approved",
  "invoiced",
  "processing",
  "shipped",
  "delivered",
  "canceled",
  "unavailable",
]);

const PAYMENT_TYPE = oneOf("PaymentType", ["credit_card", "boleto", "voucher", "debit_card", "not_defined"]);

export const customers = createReader(({ required }) => ({
  customer_id: required("customer_id", string),
  customer_unique_id: required("customer_unique_id", string),
  customer_zip_code_prefix: required("customer_zip_code_prefix", string),
  customer_city: required("customer_city", string),
  customer_state: required("customer_state", string),
}));

export const orders = createReader(({ required, optional }) => ({
  order_id: required("order_id", string),
  customer_id: required("customer_id", string),
  order_status: required("order_status", ORDER_STATUS),
  order_purchase_timestamp: required("order_purchase_timestamp", timestamp),
  order_approved_at: optional("order_approved_at", timestamp),
  order_delivered_carrier_date: optional("order_delivered_carrier_date", timestamp),
  order_delivered_customer_date: optional("order_delivered_customer_date", timestamp),
  order_estimated_delivery_date: required("order_estimated_delivery_date", timestamp),
}));

export const orderItems = createReader(({ required }) => ({
  order_id: required("order_id", string),
  order_item_id: required("order_item_id", int),
  product_id: required("product_id", string),
  seller_id: required("seller_id", string),
  shipping_limit_date: required("shipping_limit_date", timestamp),
  price: required("price", money),
  freight_value: required("freight_value", money),
}));

export const payments = createReader(({ required }) => ({
  order_id: required("order_id", string),
  payment_sequential: required("payment_sequential", int),
  payment_type: required("payment_type", PAYMENT_TYPE),
  payment_installments: required("payment_installments", int),
  payment_value: required("payment_value", money),
}));

export const reviews = createReader(({ required, optional }) => ({
  review_id: required("review_id", string),
  order_id: required("order_id", string),
  review_score: required("review_score", int),
  review_comment_title: optional("review_comment_title", string),
  review_comment_message: optional("review_comment_message", string),
  review_creation_date: required("review_creation_date", timestamp),
  review_answer_timestamp: required("review_answer_timestamp", timestamp),
}));

export const products = createReader(({ required, optional }) => ({
  product_id: required("product_id", string),
  product_category_name: optional("product_category_name", string),
  product_name_lenght: optional("product_name_lenght", int),
  product_description_lenght: optional("product_description_lenght", int),
  product_photos_qty: optional("product_photos_qty", int),
  product_weight_g: optional("product_weight_g", int),
  product_length_cm: optional("product_length_cm", int),
  product_height_cm: optional("product_height_cm", int),
  product_width_cm: optional("product_width_cm", int),
}));

export const sellers = createReader(({ required }) => ({
  seller_id: required("seller_id", string),
  seller_zip_code_prefix: required("seller_zip_code_prefix", string),
  seller_city: required("seller_city", string),
  seller_state: required("seller_state", string),
}));

export const geolocation = createReader(({ required }) => ({
  geolocation_zip_code_prefix: required("geolocation_zip_code_prefix", string),
  geolocation_lat: required("geolocation_lat", double),
  geolocation_lng: required("geolocation_lng", double),
  geolocation_city: required("geolocation_city", string),
  geolocation_state: required("geolocation_state", string),
}));

export const categoryNames = createReader(({ required }) => ({
  product_category_name: required("product_category_name", string),
  product_category_name_english: required("product_category_name_english", string),
}));

export const states = createReader(({ required }) => ({
  state: required("state", string),
  name: required("name", string),
  region: required("region", string),
}));

/** The type of their rows. */
export type RowOf<Table> = Table extends Reader<infer Row> ? Row : never;
